import { Controller, Get, HttpCode, Inject, Module, ServiceUnavailableException, type DynamicModule, type FactoryProvider } from '@nestjs/common';

/** Resolves when what it asks is well; rejects, or resolves with `false`, when it is not. */
export type HealthCheck = () => Promise<unknown> | boolean;
export type HealthChecks = Readonly<Record<string, HealthCheck>>;

export interface HealthReport {
  /** `limited`: something is down without which the program does its part all the same. */
  readonly status: 'up' | 'limited' | 'down';
  readonly checks: Readonly<Record<string, { readonly status: 'up' | 'down'; readonly latencyMs: number; readonly reason?: string }>>;
}

/** What decides whether a program is ready. */
interface ReadyOptions {
  /** Checks without which it is ready all the same; the answer shows them. */
  readonly dispensable?: readonly string[];
}

const CHECK_TIMEOUT_MS = 2_000;
const HEALTH_CHECKS = Symbol('HEALTH_CHECKS');
const READY_OPTIONS = Symbol('READY_OPTIONS');

/** Runs all checks at once, each with a timeout: the answer never takes longer than that. `dispensable` names those that do not decide. */
export async function runChecks(checks: HealthChecks, { timeoutMs = CHECK_TIMEOUT_MS, dispensable = [] }: ReadyOptions & { readonly timeoutMs?: number } = {}): Promise<HealthReport> {
  const results = await Promise.all(Object.entries(checks).map(async ([name, check]) => [name, await runCheck(check, timeoutMs)] as const));
  const down = results.filter(([, { status }]) => status === 'down').map(([name]) => name);
  const status = down.length === 0 ? 'up' : down.every((name) => dispensable.includes(name)) ? 'limited' : 'down';
  return { status, checks: Object.fromEntries(results) };
}

async function runCheck(check: HealthCheck, timeoutMs: number): Promise<HealthReport['checks'][string]> {
  const startedAt = performance.now();
  const latencyMs = (): number => Math.round(performance.now() - startedAt);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    const result = await Promise.race([check(), tooLate]);
    return result === false ? { status: 'down', latencyMs: latencyMs(), reason: 'not ready' } : { status: 'up', latencyMs: latencyMs() };
  } catch (error) {
    return { status: 'down', latencyMs: latencyMs(), reason: (error as Error).message };
  } finally {
    clearTimeout(timer);
  }
}

/** `/health/live`: the process answers. `/health/ready`: everything it cannot do without answers too; 503 otherwise. */
@Controller('health')
class HealthController {
  private readonly checks: HealthChecks;
  private readonly options: ReadyOptions;

  constructor(@Inject(HEALTH_CHECKS) checks: HealthChecks, @Inject(READY_OPTIONS) options: ReadyOptions) {
    this.checks = checks;
    this.options = options;
  }

  @Get('live')
  @HttpCode(200)
  live(): { status: 'up' } {
    return { status: 'up' };
  }

  @Get('ready')
  async ready(): Promise<HealthReport> {
    const report = await runChecks(this.checks, this.options);
    if (report.status === 'down') throw new ServiceUnavailableException(report);
    return report;
  }
}

/** Adds both addresses to an app: `HealthModule.forRootAsync({ inject: [BusServer], useFactory: (bus) => ({ bus: () => bus.ready }) })`. */
@Module({})
export class HealthModule {
  static forRootAsync(source: { inject?: FactoryProvider['inject']; useFactory: (...args: never[]) => HealthChecks } & ReadyOptions): DynamicModule {
    return {
      module: HealthModule,
      controllers: [HealthController],
      providers: [
        { provide: HEALTH_CHECKS, inject: source.inject ?? [], useFactory: source.useFactory as FactoryProvider['useFactory'] },
        { provide: READY_OPTIONS, useValue: { dispensable: source.dispensable ?? [] } satisfies ReadyOptions },
      ],
    };
  }
}
