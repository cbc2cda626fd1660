import type { LoggerService } from '@nestjs/common';
import { pino, stdTimeFunctions, type DestinationStream, type Logger } from 'pino';
import { maskPersonalText, scrubFields } from './scrub.ts';

export type { Logger } from 'pino';

export interface LoggerOptions {
  readonly level?: string;
  /** Where lines go; standard output unless told. */
  readonly destination?: DestinationStream;
}

/**
 * The program's logger: one JSON object a line. Callers pass ids only (projectNo, transferId, eventId, traceId); as a second net, fields
 * that usually hold personal data are emptied and certificate and telephone numbers in any text are masked.
 */
export function createLogger(app: string, options: LoggerOptions = {}): Logger {
  return pino(
    {
      level: options.level ?? 'info',
      base: { app },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: (fields) => scrubFields(fields) },
      // An error is a plain object by then; pino's own serializer would rename it.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: maskPersonalText },
    },
    options.destination ?? pino.destination({ dest: 1, sync: true }),
  );
}

/** Nest's own messages, through the same logger. */
export class NestLogger implements LoggerService {
  private readonly logger: Logger;

  constructor(logger: Logger) {
    this.logger = logger;
  }

  log(message: unknown, ...rest: unknown[]): void {
    // Nest greets every module and route at start: of use to a developer only.
    this.logger.debug(fieldsOf(rest), textOf(message));
  }

  error(message: unknown, ...rest: unknown[]): void {
    // Nest reports a failed start here and then throws it; `runApp` turns it into the one line that counts.
    if (rest.at(-1) === 'ExceptionHandler') this.logger.debug({ err: message }, 'start failed');
    else if (message instanceof Error) this.logger.error({ ...fieldsOf(rest), err: message }, message.message);
    else this.logger.error(fieldsOf(rest), textOf(message));
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.logger.warn(fieldsOf(rest), textOf(message));
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.logger.debug(fieldsOf(rest), textOf(message));
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.logger.trace(fieldsOf(rest), textOf(message));
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.logger.fatal(fieldsOf(rest), textOf(message));
  }
}

/** Nest passes the name of the speaking class last. */
function fieldsOf(rest: readonly unknown[]): Record<string, unknown> {
  const context = rest.at(-1);
  return typeof context === 'string' ? { context } : {};
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : message instanceof Error ? message.message : typeof message;
}
