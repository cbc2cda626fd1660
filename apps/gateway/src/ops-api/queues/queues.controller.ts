import { BusUnavailableError } from '#bus';
import { Get, Inject, Param, Query } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { loadCircuits, loadInstances } from '../../ledger/edge-rows.ts';
import { loadDestinationWork, loadLetterWork, loadOldestUnderWay, loadQueueWork } from '../../ledger/queue-work-rows.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import { QueueFigures } from '../../watch/queue-figures.ts';
import type { QueueFigure } from '../../watch/queue-figures.ts';
import { beijingTime } from '../beijing-time.ts';
import { NoQuery } from '../cases/case.params.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { QueueAnswer, QueueList, QueueParams } from './queue.answer.ts';
import { QueueTrend } from './queue-trend.ts';
import { showQueue } from './show-queues.ts';
import type { QueueFacts } from './show-queues.ts';
import { showStores, showTimers } from './show-stores.ts';
import { TIMER_QUEUES, TimerQueues } from './timer-queues.ts';

/** Where messages wait and who takes them: the broker's queues, the gateway's timers, and what the adapters keep at their doors. */
@OpsResource('api/queues', '队列')
export class QueuesController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(QueueFigures) private readonly queues: QueueFigures,
    @Inject(TimerQueues) private readonly timers: TimerQueues,
    @Inject(QueueTrend) private readonly trend: QueueTrend,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  @OpsAnswer('listQueues', '每个队列的用途、堆积、最早一条、进出速率、应有和实有的消费者', QueueList)
  async list(@Query() _query: NoQuery): Promise<QueueList> {
    const figures = await this.queues.lookShared().catch(unlessBrokerAway);
    const facts = await this.read(figures);
    const timers = await Promise.all(TIMER_QUEUES.map(async (queue) => showTimers(queue, await this.timers.look(queue.name), facts.living)));
    return {
      asOf: beijingTime(new Date()), brokerReachable: figures !== null,
      items: [...(figures ?? this.queues.declared).map((queue) => showQueue(queue, facts)), ...timers, ...showStores(facts.living)],
    };
  }

  @Get(':name')
  @OpsAnswer('getQueue', '一个队列', QueueAnswer)
  @ApiProblem(404, '没有这个队列')
  async one(@Param() { name }: QueueParams, @Query() query: NoQuery): Promise<QueueAnswer> {
    const found = (await this.list(query)).items.find(({ queue }) => queue === name);
    if (found === undefined) throw new OpsProblem('queue-unknown', { detail: 'GET /api/queues names every queue.', detailZh: 'GET /api/queues 列出所有队列。' });
    return found;
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
