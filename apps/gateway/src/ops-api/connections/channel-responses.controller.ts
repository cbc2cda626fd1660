import { Get, Inject, Param, Query } from '@nestjs/common';
import { channelNamed } from '../../channels/channel.ts';
import { beijingTime } from '../beijing-time.ts';
import { NoQuery } from '../cases/case.params.ts';
import { channelUnknown } from '../channels/channel-actions.ts';
import { ChannelParams } from '../channels/channel.body.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { listResponses, measureResponses } from '../queries/channel-responses.ts';
import { ATTEMPT_OUTCOMES } from '../words.ts';
import { ChannelResponsesAnswer } from './connection.answer.ts';

const SHOWN = 20;

/** How the receivers answered lately, channel by channel: why one of them is slow. */
@OpsResource('api/channels', '通道')
export class ChannelResponsesController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get(':channel/responses')
  @OpsAnswer('getChannelResponses', '一个通道最近 20 次应答，以及最近一小时的用时（p50、p95）', ChannelResponsesAnswer)
  @ApiProblem(404, '没有这个通道')
  async responses(@Param() { channel }: ChannelParams, @Query() _query: NoQuery): Promise<ChannelResponsesAnswer> {
    const known = channelNamed(channel);
    if (known === undefined) throw channelUnknown();
    return this.ledger.read(async (trx) => ({
      ...await measureResponses(trx, known.name),
      items: (await listResponses(trx, known.name, SHOWN)).map((row) => ({
        transferId: row.transfer_id, projectNo: row.project_no, attempt: row.attempt, at: beijingTime(row.finished_at), latencyMs: row.latency_ms,
        outcome: row.outcome, outcomeZh: ATTEMPT_OUTCOMES[row.outcome], httpStatus: row.http_status, errorCode: row.error_code,
      })),
    }));
  }
}
