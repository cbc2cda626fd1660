import { Body, Get, HttpCode, Inject, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { NoQuery } from '../cases/case.params.ts';
import { readLoads } from '../forecast/read-loads.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { findPlan, listMaintenance } from '../queries/list-maintenance.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import type { Reply } from '../reply.ts';
import { MaintenanceActions, planUnknown } from './maintenance-actions.ts';
import { MaintenanceActionAnswer, MaintenanceAnswer, MaintenancePage } from './maintenance.answer.ts';
import { MaintenanceParams, MaintenanceQuery, PlanBody, PlanChangeBody } from './maintenance.body.ts';
import { isOpen, showMaintenance } from './show-maintenance.ts';

const VERSION_HEADER = ApiHeader({ name: 'If-Match', required: true, description: '所看到的版本（getMaintenance 的 ETag）' });

/** The calendar of planned downtimes (维护日历). */
@OpsResource('api/maintenance', '计划维护')
export class MaintenanceController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(MaintenanceActions) private readonly actions: MaintenanceActions) {}

  @Get()
  @OpsAnswer('listMaintenance', '查询计划维护，开始时间晚的在前；open=true 只看待开始和进行中的', MaintenancePage)
  async list(@Query() { open, destination, cursor, limit }: MaintenanceQuery): Promise<MaintenancePage> {
    const place = decodeTimePlace(cursor);
    const filter = { destination, open: open === undefined ? undefined : open === 'true' };
    const { rows, loads } = await this.ledger.read(async (trx) => {
      const plans = await listMaintenance(trx, filter, place, limit + 1);
      return { rows: plans, loads: plans.some(isOpen) ? await readLoads(trx) : null };
    });
    const now = new Date();
    return pageOf(rows, limit, (row) => encodeCursor([row.starts_micros, row.id]), (row) => showMaintenance(row, loads, now));
  }

  @Get(':planId')
  @OpsAnswer('getMaintenance', '一个计划维护；应答带 ETag', MaintenanceAnswer)
  @ApiProblem(404, '没有这个计划')
  async one(@Param() { planId }: MaintenanceParams, @Query() _query: NoQuery, @Res({ passthrough: true }) reply: Reply): Promise<MaintenanceAnswer> {
    const { plan, loads } = await this.ledger.read(async (trx) => {
      const found = await findPlan(trx, planId);
      return { plan: found, loads: found !== undefined && isOpen(found) ? await readLoads(trx) : null };
    });
    if (plan === undefined) throw planUnknown();
    reply.header('etag', etagOf(plan.version));
    return showMaintenance(plan, loads, new Date());
  }

  @Post()
  @Needs('pause-channels')
  @HttpCode(200)
  @OpsAnswer('planMaintenance', '登记计划维护：其间停发往该处的投递（收件照常），相关告警不通知，结束后由少到多逐步补送', MaintenanceActionAnswer)
  @ApiProblem(409, '与同一处的另一计划重叠，或未结束的计划过多')
  async plan(@Body() body: PlanBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply): Promise<MaintenanceActionAnswer> {
    return tagged(reply, await this.actions.plan({ caller, key, body }));
  }

  @Patch(':planId')
  @Needs('pause-channels')
  @HttpCode(200)
  @VERSION_HEADER
  @OpsAnswer('changeMaintenance', '更改计划维护的时间；已开始的只能改结束', MaintenanceActionAnswer)
  @ApiProblem(404, '没有这个计划')
  @ApiProblem(409, '已结束或已取消，没有可改的，或与另一计划重叠')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async change(
    @Param() { planId }: MaintenanceParams, @IfMatch() seen: number, @Body() body: PlanChangeBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<MaintenanceActionAnswer> {
    return tagged(reply, await this.actions.change({ caller, key, planId, seen, body }));
  }

  @Post(':planId/cancel')
  @Needs('pause-channels')
  @HttpCode(200)
  @VERSION_HEADER
  @OpsAnswer('cancelMaintenance', '取消计划维护，或提前结束：停着的通道几秒内恢复；由人暂停的不动', MaintenanceActionAnswer)
  @ApiProblem(404, '没有这个计划')
  @ApiProblem(409, '已结束或已取消')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async cancel(
    @Param() { planId }: MaintenanceParams, @IfMatch() seen: number, @Body() body: ReasonedBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<MaintenanceActionAnswer> {
    return tagged(reply, await this.actions.cancel({ caller, key, planId, seen, body }));
  }
}

function tagged(reply: Reply, answer: MaintenanceActionAnswer): MaintenanceActionAnswer {
  reply.header('etag', etagOf(answer.version));
  return answer;
}
