import { Get, Inject, Param, Query } from '@nestjs/common';
import { NoQuery } from '../cases/case.params.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { QueueAnswer, QueueList, QueueParams } from './queue.answer.ts';
import { ReadQueues } from './read-queues.ts';

/** Where messages wait and who takes them: the broker's queues, the gateway's timers, and what the adapters keep at their doors. */
@OpsResource('api/queues', '队列')
export class QueuesController {
  constructor(@Inject(ReadQueues) private readonly queues: ReadQueues) {}

  @Get()
  @OpsAnswer('listQueues', '每个队列的用途、堆积、最早一条、进出速率、应有和实有的消费者', QueueList)
  list(@Query() _query: NoQuery): Promise<QueueList> {
    return this.queues.run();
  }

  @Get(':name')
  @OpsAnswer('getQueue', '一个队列', QueueAnswer)
  @ApiProblem(404, '没有这个队列')
  async one(@Param() { name }: QueueParams, @Query() _query: NoQuery): Promise<QueueAnswer> {
    const found = (await this.queues.run()).items.find(({ queue }) => queue === name);
    if (found === undefined) throw new OpsProblem('queue-unknown', { detail: 'GET /api/queues names every queue.', detailZh: 'GET /api/queues 列出所有队列。' });
    return found;
  }
}
