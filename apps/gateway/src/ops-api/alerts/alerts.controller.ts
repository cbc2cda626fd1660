import { Body, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { findAlert, listAlerts, runningPlans } from '../queries/list-alerts.ts';
import type { AlertFilter } from '../queries/list-alerts.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import type { Reply } from '../reply.ts';
import { AlertActions, alertUnknown } from './alert-actions.ts';
import { AlertActionAnswer, AlertAnswer, AlertPage } from './alert.answer.ts';
import { MuteBody } from './alert.body.ts';
import { AlertParams, AlertQuery } from './alert.query.ts';
import { showAlert } from './show-alert.ts';

const VERSION_HEADER = ApiHeader({ name: 'If-Match', required: true, description: '所看到的版本（getAlert 的 ETag）' });

/** What calls for a person, now and lately. */
@OpsResource('api/alerts', '告警')
export class AlertsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(AlertActions) private readonly actions: AlertActions) {}

  @Get()
  @OpsAnswer('listAlerts', '查询告警，最新的在前；open=true 列出持续中的', AlertPage)
  async list(@Query() query: AlertQuery): Promise<AlertPage> {
    const [below = null] = decodeNumberPlaces(query.cursor, 1) ?? [];
    const { rows, plans } = await this.ledger.read(async (trx) => ({ rows: await listAlerts(trx, filterOf(query), below, query.limit + 1), plans: await runningPlans(trx) }));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.seq]), (row) => showAlert(row, plans));
  }

  @Get(':alertId')
  @OpsAnswer('getAlert', '一条告警；应答带 ETag', AlertAnswer)
  @ApiProblem(404, '没有这条告警')
  async one(@Param() { alertId }: AlertParams, @Query() _query: NoQuery, @Res({ passthrough: true }) reply: Reply): Promise<AlertAnswer> {
    const { row, plans } = await this.ledger.read(async (trx) => ({ row: await findAlert(trx, Number(alertId)), plans: await runningPlans(trx) }));
    if (row === undefined) throw alertUnknown();
    reply.header('etag', etagOf(row.version));
    return showAlert(row, plans);
  }

  @Post(':alertId/acknowledge')
  @Needs('manage-failures')
  @HttpCode(200)
  @VERSION_HEADER
  @OpsAnswer('acknowledgeAlert', '确认告警：看到了，有人处理；理由即给别人看的话。告警在条件消失时自动结束', AlertActionAnswer)
  @ApiProblem(404, '没有这条告警')
  @ApiProblem(409, '已结束，或已有人确认')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async acknowledge(
    @Param() { alertId }: AlertParams, @IfMatch() seen: number, @Body() body: ReasonedBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AlertActionAnswer> {
    return tagged(reply, await this.actions.acknowledge({ caller, key, alertId: Number(alertId), seen, body }));
  }

  @Post(':alertId/mute')
  @Needs('manage-failures')
  @HttpCode(200)
  @VERSION_HEADER
  @OpsAnswer('muteAlert', '静音：该条件、该对象的告警到时之前不再通知（复发也不），照样列出；最长 7 天，到时自动结束；再静音以新的时间为准', AlertActionAnswer)
  @ApiProblem(404, '没有这条告警')
  @ApiProblem(409, '已结束')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async mute(
    @Param() { alertId }: AlertParams, @IfMatch() seen: number, @Body() body: MuteBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AlertActionAnswer> {
    return tagged(reply, await this.actions.mute({ caller, key, alertId: Number(alertId), seen, body }));
  }

  @Post(':alertId/unmute')
  @Needs('manage-failures')
  @HttpCode(200)
  @VERSION_HEADER
  @OpsAnswer('unmuteAlert', '取消静音', AlertActionAnswer)
  @ApiProblem(404, '没有这条告警')
  @ApiProblem(409, '没有静音')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async unmute(
    @Param() { alertId }: AlertParams, @IfMatch() seen: number, @Body() body: ReasonedBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AlertActionAnswer> {
    return tagged(reply, await this.actions.unmute({ caller, key, alertId: Number(alertId), seen, body }));
  }
}

function tagged(reply: Reply, answer: AlertActionAnswer): AlertActionAnswer {
  reply.header('etag', etagOf(answer.version));
  return answer;
}

function filterOf({ open, acknowledged, muted, condition, subject, from, to }: AlertQuery): AlertFilter {
  return {
    condition, subject, open: yesOrNo(open), acknowledged: yesOrNo(acknowledged), muted: yesOrNo(muted),
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  };
}

function yesOrNo(word: 'true' | 'false' | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'true';
}
