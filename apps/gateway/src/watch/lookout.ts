import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { redisDurability } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Kysely, sql } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import { closeAlerts, keepAlerts, loadOpenAlerts, openAlerts, takeJudgement } from '../ledger/alert-rows.ts';
import type { OpenAlert } from '../ledger/alert-rows.ts';
import { loadMutes } from '../ledger/alert-verb-rows.ts';
import { recordStatus } from '../ledger/edge-rows.ts';
import type { ProgramStatus } from '../ledger/edge-rows.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import { loadOpenPlans } from '../ledger/maintenance-rows.ts';
import { pruneRows } from '../ledger/pruned-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { CONDITIONS } from './conditions.ts';
import { judgeAlerts } from './judge-alerts.ts';
import { QueueFigures } from './queue-figures.ts';
import type { QueueFigure } from './queue-figures.ts';
import { readWatchFacts } from './read-watch-facts.ts';
import type { Looked } from './read-watch-facts.ts';
import { silenceOf } from './silence.ts';
import type { StandingDestination, WatchFacts } from './watch-facts.ts';
import { watchLimits } from './watch-limits.ts';
import type { WatchLimits } from './watch-limits.ts';
import { measureMaintenance, measureWatch } from './watch.metrics.ts';
import type { ToldAlert } from './watch.metrics.ts';

const STATEMENT_TIMEOUT = sql`set local statement_timeout = '5s'`;
const PRUNE_LIMIT = 500;
const REDIS_ANSWER_MS = 2_000;

/** What one round of watching did. */
export interface Watched {
  /** False when another gateway was judging at the same moment. */
  readonly judged: boolean;
  readonly opened: readonly OpenAlert[];
  readonly closed: readonly OpenAlert[];
}

const SOMEBODY_ELSE: Watched = { judged: false, opened: [], closed: [] };

/**
 * Looks at everything that can go wrong without anybody noticing, and keeps the alerts in the ledger in step with it. Every gateway
 * does this; the ledger lets one judge at a time and keeps one open alert for each condition and subject.
 */
@Injectable()
export class Lookout {
  private readonly db: Kysely<LedgerTables>;
  private readonly queues: QueueFigures;
  private readonly redis: Redis;
  private readonly limits: WatchLimits;
  private readonly settleMs: number;
  private readonly logger: Logger;
  private readonly instance = `${hostname()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  private readonly shortSince = new Map<string, Date>();
  private readonly standing = new Map<string, StandingDestination>();
  private watchingSince: Date | null = null;
  private brokerAwaySince: Date | null = null;

  constructor(@Inject(OPS_POOL) db: Kysely<LedgerTables>, queues: QueueFigures, redis: Redis, config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.db = db;
    this.queues = queues;
    this.redis = redis;
    this.limits = watchLimits(config);
    this.settleMs = config.watchSettleMs;
    this.logger = logger;
  }

  /** One look at everything. @throws what the ledger throws while it is away; from the next round on, silence is measured anew. */
  async round(signal: AbortSignal): Promise<Watched> {
    try {
      return await this.look(signal);
    } catch (error) {
      this.watchingSince = null;
      throw error;
    }
  }

  /** Says that this gateway stops: its silence from then on is no trouble. */
  async farewell(): Promise<void> {
    const nothing = { circuits: [], spool: null, journal: null, redisDurable: null, redisProblem: null };
    await this.db.transaction().execute(async (trx) => {
      await STATEMENT_TIMEOUT.execute(trx);
      await recordStatus(trx, { app: 'gateway', instance: this.instance, at: new Date().toISOString(), ...nothing, stopping: true });
    });
  }

  private async look(signal: AbortSignal): Promise<Watched> {
    const [figures, status] = await Promise.all([this.askBroker(signal), this.ownStatus()]);
    const own = { ...status, brokerAway: figures === null };
    const { facts, watched } = await this.db.transaction().execute(async (trx) => {
      await STATEMENT_TIMEOUT.execute(trx);
      await recordStatus(trx, own);
      // Taken before anything is read: nobody judges by facts that are older than what another gateway has judged by.
      const judged = await takeJudgement(trx);
      const read = await readWatchFacts(trx, (now) => this.looked(figures, now), this.limits);
      return { facts: read, watched: judged ? await this.judge(trx, read) : SOMEBODY_ELSE };
    });
    const open = await this.told();
    this.report(watched, open);
    measureWatch(facts, this.limits, figures, open);
    return watched;
  }

  /** The open alerts, and of which of them nobody need be told. */
  private async told(): Promise<ToldAlert[]> {
    const mutes = await loadMutes(this.db);
    const running = (await loadOpenPlans(this.db)).filter(({ state }) => state === 'running');
    measureMaintenance(running);
    return (await loadOpenAlerts(this.db)).map((alert) => ({ ...alert, silence: silenceOf(alert, mutes, running) }));
  }

  private async judge(trx: Kysely<LedgerTables>, facts: WatchFacts): Promise<Watched> {
    const verdict = judgeAlerts(CONDITIONS, facts, this.limits, await loadOpenAlerts(trx));
    const opened = await openAlerts(trx, verdict.open);
    await keepAlerts(trx, verdict.keep);
    await closeAlerts(trx, verdict.close.map(({ seq }) => seq));
    await pruneRows(trx, 'watch', PRUNE_LIMIT);
    return { judged: true, opened, closed: verdict.close };
  }

  private async askBroker(signal: AbortSignal): Promise<QueueFigure[] | null> {
    try {
      return await this.queues.lookTwice(signal);
    } catch (error) {
      signal.throwIfAborted();
      this.logger.debug({ event: 'broker-not-asked', reason: reasonOf(error) }, 'RabbitMQ cannot be asked');
      return null;
    }
  }

  /** What this gateway remembers between its looks: since when it sees, and since when something was short. */
  private looked(figures: QueueFigure[] | null, now: Date): Looked {
    this.brokerAwaySince = figures === null ? this.brokerAwaySince ?? now : null;
    this.watchingSince = figures === null ? null : this.watchingSince ?? now;
    const watchingSince = this.watchingSince ?? now;
    const settled = now.getTime() - watchingSince.getTime() >= this.settleMs;
    return { now, watchingSince, brokerAwaySince: this.brokerAwaySince, figures: settled ? figures : null, shortSince: this.shortSince, standing: this.standing };
  }

  /** The gateway reports like the adapters do, straight into the ledger. */
  private async ownStatus(): Promise<ProgramStatus> {
    const durability = await within(REDIS_ANSWER_MS, redisDurability(this.redis))
      .catch((error: unknown) => ({ durable: null, problem: `连不上 Redis（${reasonOf(error)}）` }));
    return {
      app: 'gateway', instance: this.instance, at: new Date().toISOString(), circuits: [], spool: null, journal: null,
      redisDurable: durability.durable, redisProblem: durability.problem,
    };
  }

  /** Who is told by the log is not told of what is muted, or down as planned. */
  private report({ opened, closed }: Watched, open: readonly ToldAlert[]): void {
    for (const { seq, condition, subject } of opened) {
      const silence = open.find((alert) => alert.seq === seq)?.silence ?? null;
      if (silence === null) this.logger.error({ event: 'alert-opened', alert: seq, condition, subject }, 'an alert was opened');
      else this.logger.info({ event: 'alert-opened-silently', alert: seq, condition, subject, silence }, 'an alert was opened of which nobody need be told');
    }
    for (const { seq, condition, subject } of closed) this.logger.info({ event: 'alert-closed', alert: seq, condition, subject }, 'an alert is over');
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms); });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
