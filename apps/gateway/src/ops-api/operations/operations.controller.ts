import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { findOperation, listOperationItems, listOperations } from '../queries/list-operations.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { OperationActions } from './operation-actions.ts';
import { unknownOperation } from './operation-problems.ts';
import { OperationActionAnswer, OperationDetailAnswer, OperationItemPage, OperationPage } from './operation.answer.ts';
import { CreateOperationBody, RateBody, StartOperationBody } from './operation.body.ts';
import { OperationItemQuery, OperationParams, OperationQuery } from './operation.query.ts';
import { readOperation } from './read-operation.ts';
import { showItem, showOperation } from './show-operation.ts';

/** Replays, discards and returns of many transfers at once (批量操作). */
@OpsResource('api/operations', '批量操作')
@ApiProblem(404, '没有这个批量操作')
@ApiProblem(409, '现在不能这样做；code 和说明给出原因')
export class OperationsController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(OperationActions) private readonly actions: OperationActions,
  ) {}

  @Get()
  @OpsAnswer('listOperations', '查询批量操作，最新的在前', OperationPage)
  async list(@Query() { status, kind, open, pinned, limit, cursor }: OperationQuery): Promise<OperationPage> {
    const filter = { status, kind, open: flagOf(open), pinned: flagOf(pinned) };
    const rows = await this.ledger.read((trx) => listOperations(trx, filter, decodeTimePlace(cursor), limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.created_micros, row.id]), showOperation);
  }

  @Post()
  @Needs('replay')
  @HttpCode(201)
  @OpsAnswer('createOperation', '登记一个批量操作：先冻结选中的投递并预检，确认后才开始', OperationActionAnswer)
  create(@Body() body: CreateOperationBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.create({ caller, key, body });
  }

  @Get(':operationId')
  @OpsAnswer('getOperation', '一个批量操作：预检、进度、经过，以及截止后新增了多少', OperationDetailAnswer)
  one(@Param() { operationId }: OperationParams, @Query() _query: NoQuery): Promise<OperationDetailAnswer> {
    return this.ledger.read((trx) => readOperation(trx, operationId));
  }

  @Get(':operationId/items')
  @OpsAnswer('listOperationItems', '其中每条投递的预检结论和结果，按次序', OperationItemPage)
  async items(@Param() { operationId }: OperationParams, @Query() { state, verdict, limit, cursor }: OperationItemQuery): Promise<OperationItemPage> {
    const [after = null] = decodeNumberPlaces(cursor, 1) ?? [];
    const rows = await this.ledger.read(async (trx) => {
      if (await findOperation(trx, operationId) === undefined) throw unknownOperation();
      return listOperationItems(trx, operationId, { state, verdict }, after, limit + 1);
    });
    return pageOf(rows, limit, (row) => encodeCursor([row.seq]), showItem);
  }

  @Post(':operationId/start')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('startOperation', '开始；条数多时须写明条数', OperationActionAnswer)
  start(@Param() { operationId: id }: OperationParams, @Body() body: StartOperationBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.start({ caller, key, id, body });
  }

  @Post(':operationId/approve')
  @Needs('approve')
  @HttpCode(200)
  @OpsAnswer('approveOperation', '批准他人发起的批量操作', OperationActionAnswer)
  approve(@Param() { operationId: id }: OperationParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.approve({ caller, key, id, body });
  }

  @Post(':operationId/pause')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('pauseOperation', '暂停：不再发新的，已发出的会有结果', OperationActionAnswer)
  pause(@Param() { operationId: id }: OperationParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.pause({ caller, key, id, body });
  }

  @Post(':operationId/resume')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('resumeOperation', '继续暂停的操作', OperationActionAnswer)
  resume(@Param() { operationId: id }: OperationParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.resume({ caller, key, id, body });
  }

  @Post(':operationId/cancel')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('cancelOperation', '取消：尚未发出的全部跳过', OperationActionAnswer)
  cancel(@Param() { operationId: id }: OperationParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.cancel({ caller, key, id, body });
  }

  @Post(':operationId/acknowledge')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('acknowledgeOperation', '确认知悉一个已结束的操作的结果：不再置顶', OperationActionAnswer)
  acknowledge(@Param() { operationId: id }: OperationParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.acknowledge({ caller, key, id, body });
  }

  @Post(':operationId/rate')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('changeOperationRate', '更改速率和同时在途条数，进行中也可以', OperationActionAnswer)
  rate(@Param() { operationId: id }: OperationParams, @Body() body: RateBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<OperationActionAnswer> {
    return this.actions.changeRate({ caller, key, id, body });
  }
}

function flagOf(word: 'true' | 'false' | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'true';
}
