import { Body, Get, HttpCode, Inject, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { findList } from '../../ledger/reconciliation-rows.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { countMissing } from '../queries/reconcile-day.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { levelOf } from './list-kinds.ts';
import { pageMissing, pageMissingHere, pageMissingThere } from './page-missing.ts';
import { cohortOf, readBoard, showList } from './read-board.ts';
import { dayOf, readThirtyDays } from './read-strip.ts';
import { BoardAnswer, ComparisonPage, IdListKeptAnswer, MissingPage, SignedOffAnswer, StripAnswer } from './reconciliation.answer.ts';
import { ComparisonQuery, DayParams, ListParams, MissingQuery, SignOffBody, StripQuery } from './reconciliation.query.ts';
import { SettleDay } from './settle-day.ts';

/** Whether everything came through on a day, and whether the other sides say the same (对账). */
@OpsResource('api/reconciliation', '对账')
export class ReconciliationController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(SettleDay) private readonly settle: SettleDay) {}

  @Get()
  @OpsAnswer('getReconciliationStrip', '最近 30 天每天没有走完的办件数，以及是否签认', StripAnswer)
  strip(@Query() { to }: StripQuery): Promise<StripAnswer> {
    return this.ledger.read((trx) => readThirtyDays(trx, to ?? dayOf(new Date())));
  }

  @Get(':day')
  @OpsAnswer('getReconciliation', '一天的对账板：各大厅、各环节的办件数和差额，各方的清单，签认', BoardAnswer)
  board(@Param() { day }: DayParams, @Query() _query: NoQuery): Promise<BoardAnswer> {
    return this.ledger.read((trx) => readBoard(trx, day, new Date()));
  }

  @Get(':day/missing')
  @OpsAnswer('listMissingCases', '一天里没有到达某一环节的办件、看来的原因和办法', MissingPage)
  missing(@Param() { day }: DayParams, @Query() query: MissingQuery): Promise<MissingPage> {
    return this.ledger.read((trx) => pageMissing(trx, cohortOf(day, query.hall), query.stage, query));
  }

  @Put(':day/lists/:side/:kind')
  @Needs('manage-failures')
  @HttpCode(200)
  @ApiConsumes('text/csv')
  @OpsAnswer('keepReconciliationList', '上传对方一天的办件编号清单（text/csv，每行一个，至多 10 万个），替换以前的', IdListKeptAnswer)
  @ApiProblem(409, '这一方没有这种清单，或日期太早、太晚')
  @ApiProblem(413, '清单过大')
  @ApiProblem(415, '请求体须为 text/csv')
  @ApiProblem(429, '正在接收的清单过多')
  keepList(@Param() params: ListParams, @Query() why: ReasonedBody, @Calling() caller: Caller, @Req() request: { readonly body: unknown }): Promise<IdListKeptAnswer> {
    return this.settle.keepList(caller, params, why, request.body);
  }

  @Get(':day/lists/:side/:kind')
  @OpsAnswer('compareReconciliationList', '对方的清单与台账的差异：对方有、台账没有的，或台账有、对方没有的', ComparisonPage)
  @ApiProblem(404, '没有这份清单')
  async compare(@Param() { day, side, kind }: ListParams, @Query() query: ComparisonQuery): Promise<ComparisonPage> {
    return this.ledger.read(async (trx) => {
      const list = await findList(trx, day, side, kind);
      const level = levelOf(side, kind);
      if (list === undefined || level === null) throw new OpsProblem('list-unknown', { detail: 'No such list was given for the day.', detailZh: '这一天没有这份清单，请先上传。' });
      const listed = { listId: list.id, side, kind, level, cohort: cohortOf(day, side === 'centre' ? undefined : side.slice('hall:'.length)) };
      const { here, there } = await countMissing(trx, listed);
      const page = await (query.missing === 'here' ? pageMissingHere(trx, listed, query) : pageMissingThere(trx, listed, query));
      return { ...page, list: showList(list), missingHere: here, missingThere: there };
    });
  }

  @Post(':day/sign-off')
  @Needs('manage-failures')
  @HttpCode(200)
  @OpsAnswer('signReconciliation', '签认一天的对账：以所见的 digest 为准，其间有变化则拒绝', SignedOffAnswer)
  @ApiProblem(409, '这一天还没有过完')
  @ApiProblem(412, '对账板其间已有变化')
  sign(@Param() { day }: DayParams, @Body() body: SignOffBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<SignedOffAnswer> {
    return this.settle.signOff(caller, key, day, body);
  }
}
