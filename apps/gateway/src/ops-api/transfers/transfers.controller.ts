import { KeyRing } from '#runtime';
import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { DedupeWindows } from '../../operations/dedupe-windows.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listTransfers } from '../queries/list-transfers.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { readTransfer } from './read-transfer.ts';
import { ReplayBody } from './replay.body.ts';
import { showTransfer } from './show-transfer.ts';
import { transferFilterOf } from './transfer-filter.ts';
import { TransferActions } from './transfer-actions.ts';
import { TransferActionAnswer, TransferDetailAnswer } from './transfer-detail.answer.ts';
import { TransferPage } from './transfer.answer.ts';
import { TransferParams } from './transfer.params.ts';
import { TransferQuery } from './transfer.query.ts';

/** What must reach the centre and the halls, and what stands in its way. */
@OpsResource('api/transfers', '投递')
export class TransfersController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(TransferActions) private readonly actions: TransferActions,
    @Inject(DedupeWindows) private readonly windows: DedupeWindows,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {}

  @Get()
  @OpsAnswer('listTransfers', '查询投递，最新的在前；例如 status=failed 列出需人工处理的失败', TransferPage)
  async list(@Query() query: TransferQuery): Promise<TransferPage> {
    const place = decodeTimePlace(query.cursor);
    const filter = transferFilterOf(query, new Date());
    const rows = await this.ledger.read((trx) => listTransfers(trx, filter, place, query.limit + 1));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.created_micros, row.id]), showTransfer);
  }

  @Get(':transferId')
  @OpsAnswer('getTransfer', '一条投递：历次尝试、参与过的批量操作、现在能否重新投递', TransferDetailAnswer)
  @ApiProblem(404, '没有这条投递')
  one(@Param() { transferId }: TransferParams, @Query() _query: NoQuery): Promise<TransferDetailAnswer> {
    return this.ledger.read((trx) => readTransfer(trx, transferId, this.windows, this.keys));
  }

  @Post(':transferId/replay')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('replayTransfer', '把一条失败的投递重新投递一次（编号不变，对方据此识别重复）', TransferActionAnswer)
  @ApiProblem(404, '没有这条投递')
  @ApiProblem(409, '不能重新投递；code 和说明给出原因和办法')
  replay(@Param() { transferId }: TransferParams, @Body() body: ReplayBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<TransferActionAnswer> {
    return this.actions.replay({ caller, key, id: transferId, body });
  }

  @Post(':transferId/discard')
  @Needs('discard')
  @HttpCode(200)
  @OpsAnswer('discardTransfer', '放弃一条失败的投递；同一办件的下一条随即发出', TransferActionAnswer)
  @ApiProblem(404, '没有这条投递')
  @ApiProblem(409, '不能放弃；code 和说明给出原因')
  discard(@Param() { transferId }: TransferParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<TransferActionAnswer> {
    return this.actions.discard({ caller, key, id: transferId, body });
  }
}
