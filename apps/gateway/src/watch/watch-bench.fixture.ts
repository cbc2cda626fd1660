import { BusConnection, BusInspector, BusPublisher, BusUnavailableError } from '#bus';
import { catalogue, topologyFor } from '#contracts';
import type { Destination } from '#contracts';
import { createLogger, KeyRing, metricsRegistry } from '#runtime';
import type { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import { recordStatus } from '../ledger/edge-rows.ts';
import type { ProgramStatus } from '../ledger/edge-rows.ts';
import { migrateLedger } from '../ledger/migrate-ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { circuitOf, statusOf } from './edge-status.fixture.ts';
import { Lookout } from './lookout.ts';
import { QueueFigures } from './queue-figures.ts';

const logger = createLogger('gateway', { level: 'silent' });
const later = (): Date => new Date(Date.now() + 3_600_000);
/** A broker that stands still for a while is none that is gone, unless the test says so. */
const PATIENCE_MS = 60_000;
const NEVER = new AbortController().signal;

/** An alert as a test looks at it. */
export interface SeenAlert {
  readonly condition: string;
  readonly subject: string;
  readonly open: boolean;
  readonly detail_zh: string;
}

/** Gateways that watch a real ledger and a real broker on which the whole topology is declared. */
export class WatchBench {
  readonly halls = catalogue().halls.map(({ code }): Destination => `hall:${code}`);
  readonly config = Object.assign(new GatewayConfig(), { watchSettleMs: 0 });
  readonly db: Kysely<LedgerTables>;
  /** Conditions that the log cried about, since somebody was silenced last. */
  readonly cried: string[] = [];
  private readonly redis: Redis;
  private readonly connection: BusConnection;
  private readonly publisher: BusPublisher;
  private readonly rabbitmqUrl: string;

  constructor(databaseUrl: string, rabbitmqUrl: string, redis: Redis) {
    this.db = openLedger({ url: databaseUrl, poolSize: 6, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
    this.redis = redis;
    this.connection = new BusConnection({ urls: [rabbitmqUrl], name: 'watching', logger });
    this.rabbitmqUrl = rabbitmqUrl;
    this.publisher = this.declaring();
  }

  async open(): Promise<void> {
    await migrateLedger(this.db);
    await this.publisher.open();
    await this.connection.open();
  }

  async close(): Promise<void> {
    await this.publisher.close();
    await this.connection.close();
    await this.db.destroy();
  }

  /** What a program does when it connects: it declares the whole topology. */
  async declareAgain(): Promise<void> {
    const publisher = this.declaring();
    await publisher.open();
    await publisher.close();
  }

  inspector(): BusInspector {
    return new BusInspector({ connection: this.connection, timeoutMs: PATIENCE_MS });
  }

  /** Asks the broker while it is there. */
  inspectorUnless(gone: () => boolean): BusInspector {
    const inspector = this.inspector();
    const inspect: BusInspector['inspect'] = (names) => (gone() ? Promise.reject(new BusUnavailableError('not-connected', false)) : inspector.inspect(names));
    return { inspect } as unknown as BusInspector;
  }

  /** One gateway's eyes; given settings are its own. */
  gateway(settings: Partial<GatewayConfig> = {}, inspector = this.inspector()): { look(): ReturnType<Lookout['round']> } {
    const ears = Object.assign(Object.create(logger) as typeof logger, { error: ({ condition }: { condition: string }) => this.cried.push(condition) });
    const lookout = new Lookout(this.db, new QueueFigures(inspector), this.redis, Object.assign(new GatewayConfig(), this.config, settings), ears);
    return { look: () => lookout.round(NEVER) };
  }

  /** Both adapters report that all is well; given parts are theirs. */
  async adaptersReport(centre: Partial<ProgramStatus> = {}, district: Partial<ProgramStatus> = {}): Promise<void> {
    await this.report(statusOf(centre));
    await this.report(statusOf({ app: 'district-adapter', instance: 'host-2-b', circuits: this.halls.map((hall) => circuitOf(hall)), ...district }));
  }

  report(status: ProgramStatus): Promise<void> {
    return this.db.transaction().execute((trx) => recordStatus(trx, status));
  }

  /** Every alert there ever was, in the order of opening. */
  async alerts(): Promise<SeenAlert[]> {
    const rows = await this.db.selectFrom('alerts').select(['condition', 'subject', 'closed_at', 'detail_zh']).orderBy('seq').execute();
    return rows.map(({ closed_at, ...alert }) => ({ ...alert, open: closed_at === null }));
  }

  /** One condition of one subject is muted, and one receiver is down as planned. */
  async silence({ condition, subject, down }: { condition: string; subject: string; down: Destination }): Promise<void> {
    this.cried.length = 0;
    await this.db.insertInto('alert_mutes').values({ condition, subject, until: later(), reason: '已知', ticket: null, by_id: 'x', by_name: '甲' }).execute();
    await this.db.insertInto('maintenance_plans').values({ id: 'mt_1', destination: down, starts_at: new Date(Date.now() - 60_000), ends_at: later(), reason: '升级', ticket: null, by_id: 'x', by_name: '甲' }).execute();
  }

  async endSilence(): Promise<void> {
    await this.db.deleteFrom('alert_mutes').execute();
    await this.db.deleteFrom('maintenance_plans').execute();
  }

  /** Which alerts the metrics tell of, of which they say why not, and who is down as planned. */
  async metrics(): Promise<string[]> {
    const lines = (await metricsRegistry.metrics()).matchAll(/^jiujin_alerts_(open|silenced)\{condition="([a-z-]+)"(?:,why="([a-z]+)")?.*\} [1-9]/gm);
    const down = (await metricsRegistry.getSingleMetricAsString('jiujin_maintenance_running')).matchAll(/destination="([^"]+)".*\} 1$/gm);
    return [...[...lines].map(([, which = '', condition = '', why = '']) => [which, condition, why].join(' ').trim()), ...[...down].map(([, destination = '']) => `down ${destination}`)].sort();
  }

  private declaring(): BusPublisher {
    return new BusPublisher({
      connection: new BusConnection({ urls: [this.rabbitmqUrl], name: 'declaring', logger }), sealer: KeyRing.fromJson(KeyRing.generateJson()), logger,
      topology: topologyFor(catalogue().halls.map(({ code }) => code)),
    });
  }
}
