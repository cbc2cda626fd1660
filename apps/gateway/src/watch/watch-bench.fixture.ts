import { BusConnection, BusInspector, BusPublisher } from '#bus';
import { catalogue, topologyFor } from '#contracts';
import type { Destination } from '#contracts';
import { createLogger, KeyRing } from '#runtime';
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
    return new BusInspector({ connection: this.connection });
  }

  /** One gateway's eyes; given settings are its own. */
  gateway(settings: Partial<GatewayConfig> = {}, inspector = this.inspector()): { look(): ReturnType<Lookout['round']> } {
    const lookout = new Lookout(this.db, new QueueFigures(inspector), this.redis, Object.assign(new GatewayConfig(), this.config, settings), logger);
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

  private declaring(): BusPublisher {
    return new BusPublisher({
      connection: new BusConnection({ urls: [this.rabbitmqUrl], name: 'declaring', logger }), sealer: KeyRing.fromJson(KeyRing.generateJson()), logger,
      topology: topologyFor(catalogue().halls.map(({ code }) => code)),
    });
  }
}
