import { BusUnavailableError } from '#bus';
import { Inject, Injectable } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { loadCircuits, loadInstances } from '../../ledger/edge-rows.ts';
import { loadDestinationWork, loadLetterWork, loadOldestUnderWay, loadQueueWork } from '../../ledger/queue-work-rows.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import { QueueFigures } from '../../watch/queue-figures.ts';
import type { QueueFigure } from '../../watch/queue-figures.ts';
import { beijingTime } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import type { QueueList } from './queue.answer.ts';
import { QueueTrend } from './queue-trend.ts';
import { showQueue } from './show-queues.ts';
import type { QueueFacts } from './show-queues.ts';
import { showStores, showTimers } from './show-stores.ts';
import { TIMER_QUEUES, TimerQueues } from './timer-queues.ts';

/** Puts together what is known of every queue: by the broker, Redis, the ledger and the adapters' reports. */
@Injectable()
export class ReadQueues {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(QueueFigures) private readonly queues: QueueFigures,
    @Inject(TimerQueues) private readonly timers: TimerQueues,
    @Inject(QueueTrend) private readonly trend: QueueTrend,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  async run(): Promise<QueueList> {
    const figures = await this.queues.lookShared().catch(unlessBrokerAway);
    const facts = await this.read(figures);
    const timers = await Promise.all(TIMER_QUEUES.map(async (queue) => showTimers(queue, await this.timers.look(queue.name), facts.living)));
    return {
      asOf: beijingTime(new Date()), brokerReachable: figures !== null,
      items: [...(figures ?? this.queues.declared).map((queue) => showQueue(queue, facts)), ...timers, ...showStores(facts.living)],
    };
  }

  private async read(figures: readonly QueueFigure[] | null): Promise<QueueFacts> {
    const heardSince = new Date(Date.now() - this.config.programSilentMs);
    const growth = figures === null ? new Map<string, number>() : this.trend.perMinute(figures);
    return this.ledger.read(async (trx) => ({
      living: livingAfter(await loadInstances(trx), heardSince), circuits: await loadCircuits(trx), growth,
      work: await loadQueueWork(trx), attempts: await loadDestinationWork(trx), oldest: await loadOldestUnderWay(trx), letters: await loadLetterWork(trx),
    }));
  }
}

function unlessBrokerAway(error: unknown): null {
  if (error instanceof BusUnavailableError) return null;
  throw error;
}
