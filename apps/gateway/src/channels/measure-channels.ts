import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { PatientCall } from '../dispatch/patient-call.ts';
import { RETRY_QUEUE } from '../dispatch/retry-timers.ts';
import { countHeldInChannels, countUnderWayInChannels } from '../ledger/channel-figures.ts';
import { loadPauses } from '../ledger/channel-rows.ts';
import { loadSettings } from '../ledger/channel-settings-rows.ts';
import { countLetters, loadOldestUnderWay } from '../ledger/queue-work-rows.ts';
import { loadRetryLadder } from '../ledger/retry-ladder-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { QueueFigures } from '../watch/queue-figures.ts';
import { allChannels } from './channel.ts';
import { measureChannels, measureTimers } from './channel.metrics.ts';
import type { ChannelSight } from './channel.metrics.ts';

const STATEMENT_TIMEOUT = sql`set local statement_timeout = '5s'`;
const ANSWER_MS = 2_000;

/** Looks at channels, the retry ladder and the timers for the metrics. Reads only, with the pool of those who watch. */
@Injectable()
export class MeasureChannels {
  private readonly call = new PatientCall(ANSWER_MS);

  constructor(
    @Inject(OPS_POOL) private readonly db: Kysely<LedgerTables>,
    @Inject(QueueFigures) private readonly queues: QueueFigures,
    @InjectQueue(RETRY_QUEUE) private readonly timers: Queue,
  ) {}

  async run(): Promise<void> {
    const counts = await this.call.run(() => this.timers.getJobCounts('waiting', 'delayed', 'active')).catch(() => null);
    measureTimers(RETRY_QUEUE, counts);
    measureChannels(await lookAtChannels(this.db), this.queues.declared);
  }
}

/** Everything the metrics of channels are made of, at one moment. */
export function lookAtChannels(db: Kysely<LedgerTables>): Promise<ChannelSight> {
  const destinations = [...new Set(allChannels().map(({ destination }) => destination))];
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(async (trx) => {
    await STATEMENT_TIMEOUT.execute(trx);
    const { rows: [clock] } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(trx);
    if (clock === undefined) throw new Error('the ledger did not say what time it is');
    return {
      now: clock.now, pauses: await loadPauses(trx), settings: await loadSettings(trx), held: await countHeldInChannels(trx), underWay: await countUnderWayInChannels(trx),
      ladder: await loadRetryLadder(trx, destinations), oldest: await loadOldestUnderWay(trx), deadLetters: await countLetters(trx),
    };
  });
}
