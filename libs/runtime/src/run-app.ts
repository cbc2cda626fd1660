import type { Logger } from 'pino';
import { explainStartError } from './explain-start-error.ts';
import { createLogger } from './logger.ts';

/** A started program. */
export interface RunningApp {
  /** The port it listens on; `null` when it listens on none. */
  readonly port: number | null;
  /** Stops taking work, finishes what is in hand, closes connections. */
  close(): Promise<void>;
  /** Resolves with the reason when the program cannot go on although it started. Without it, it always can. */
  readonly hopeless?: Promise<Error>;
}

export interface RunOptions {
  readonly app: string;
  readonly start: (logger: Logger) => Promise<RunningApp>;
  /** After this the process ends even if `close` has not: a supervisor kills at 10 s. */
  readonly closeWithinMs?: number;
}

/**
 * Runs a program to its end: starts it, says `{"event":"ready","port":…}` in one line, closes it on SIGTERM or SIGINT and exits 0.
 * A start that fails becomes one line that says what to do, and exit code 1; so does an error that nobody caught, and what makes a started
 * program hopeless: that one is closed first.
 */
export async function runApp({ app, start, closeWithinMs = 9_500 }: RunOptions): Promise<void> {
  const logger = createLogger(app, { level: process.env['LOG_LEVEL'] });
  const explain = (event: string, error: unknown): void => {
    const { zh, en } = explainStartError(error);
    logger.fatal({ event }, `${zh} / ${en}`);
    logger.debug({ err: error }, 'cause');
  };
  const fail = (event: string, error: unknown): never => {
    explain(event, error);
    process.exit(1);
  };
  process.once('uncaughtException', (error) => fail('crashed', error));
  process.once('unhandledRejection', (error) => fail('crashed', error));
  const stopAsked = firstSignal();
  let running: RunningApp;
  try {
    running = await start(logger);
  } catch (error) {
    return fail('start-failed', error);
  }
  logger.info({ event: 'ready', port: running.port }, 'ready');
  const end = await Promise.race([stopAsked, ...(running.hopeless ? [running.hopeless] : [])]);
  if (end instanceof Error) explain('hopeless', end);
  else logger.info({ event: 'stopping', signal: end }, 'stopping');
  const code = await closeInTime(running, closeWithinMs, logger);
  process.exit(end instanceof Error ? 1 : code);
}

/** A second signal ends the process at once. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

async function closeInTime(running: RunningApp, closeWithinMs: number, logger: Logger): Promise<0 | 1> {
  const startedAt = performance.now();
  const tooLate = new Promise<'late'>((resolve) => { setTimeout(() => resolve('late'), closeWithinMs).unref(); });
  try {
    const result = await Promise.race([running.close(), tooLate]);
    if (result !== 'late') {
      logger.info({ event: 'stopped', tookMs: Math.round(performance.now() - startedAt) }, 'stopped');
      return 0;
    }
    logger.error({ event: 'stopped-late', closeWithinMs }, 'not everything closed in time');
  } catch (error) {
    logger.error({ event: 'stop-failed', reason: (error as Error).message }, 'closing failed');
  }
  return 1;
}
