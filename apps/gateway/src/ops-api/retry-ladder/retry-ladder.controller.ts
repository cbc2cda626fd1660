import { Get, Inject, Query } from '@nestjs/common';
import { allChannels } from '../../channels/channel.ts';
import { loadRetryLadder } from '../../ledger/retry-ladder-rows.ts';
import type { Rung } from '../../ledger/retry-ladder-rows.ts';
import { beijingTime } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { partyZh } from '../words.ts';
import { RetryLadder, RetryLadderQuery } from './retry-ladder.answer.ts';
import type { RungAnswer } from './retry-ladder.answer.ts';

/** How far transfers that failed have climbed, and when they are tried again. */
@OpsResource('api/retry-ladder', '重试')
export class RetryLadderController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('getRetryLadder', '重试阶梯：每个目的地、第几次之后，各有多少条在等，下一条何时发', RetryLadder)
  async read(@Query() { destination }: RetryLadderQuery): Promise<RetryLadder> {
    const destinations = destination === undefined ? [...new Set(allChannels().map((channel) => channel.destination))] : [destination];
    const rungs = await this.ledger.read((trx) => loadRetryLadder(trx, destinations));
    const first = rungs.toSorted((one, other) => one.next_at.getTime() - other.next_at.getTime())[0];
    return {
      asOf: beijingTime(new Date()), waiting: rungs.reduce((sum, { count }) => sum + count, 0),
      nextAt: first === undefined ? null : beijingTime(first.next_at), items: rungs.map(show),
    };
  }
}

function show({ destination, attempt, count, due, next_at, oldest_at }: Rung): RungAnswer {
  return { destination, destinationZh: partyZh(destination), attempt, waiting: count, due, nextAt: beijingTime(next_at), oldestAt: beijingTime(oldest_at) };
}
