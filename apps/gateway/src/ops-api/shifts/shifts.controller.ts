import { Body, Get, Header, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listShifts } from '../queries/shift-rows.ts';
import { noteMarkdown } from './note-markdown.ts';
import { ShiftDetailAnswer, ShiftNoteAnswer, ShiftPage, ShiftSignedAnswer } from './shift-note.answer.ts';
import { ShiftNoteQuery, ShiftParams, ShiftQuery, SignBody } from './shift.body.ts';
import { Shifts, showShift } from './shifts.ts';

const MARKDOWN = 'text/markdown; charset=utf-8';
const PAGE = ApiOkResponse({ description: 'Markdown', content: { 'text/markdown': { schema: { type: 'string' } } } });

/** What one shift leaves to the next (交班), and the same for an incident: everything of a period on one page. */
@OpsResource('api/shifts', '交班')
export class ShiftsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(Shifts) private readonly shifts: Shifts) {}

  @Get()
  @OpsAnswer('listShifts', '已签字的交班，最新的在前', ShiftPage)
  async list(@Query() { cursor, limit }: ShiftQuery): Promise<ShiftPage> {
    const [below = null] = decodeNumberPlaces(cursor, 1) ?? [];
    const rows = await this.ledger.read((trx) => listShifts(trx, below, limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.seq]), showShift);
  }

  @Get('note')
  @OpsAnswer('getShiftNote', '交班记录（或以 from、to 指定一段时间的事件报告）：持续中的告警、失败分组、批量操作、暂停的通道、计划维护、期限、其间的操作', ShiftNoteAnswer)
  note(@Query() query: ShiftNoteQuery): Promise<ShiftNoteAnswer> {
    return this.shifts.note(query);
  }

  @Get('note/markdown')
  @ApiOperation({ operationId: 'getShiftNotePage', summary: '同一记录，Markdown' })
  @PAGE
  @Header('content-type', MARKDOWN)
  async page(@Query() query: ShiftNoteQuery): Promise<string> {
    return noteMarkdown(await this.shifts.note(query));
  }

  @Get(':shiftId')
  @OpsAnswer('getShift', '一次签过字的交班：签字时的记录全文', ShiftDetailAnswer)
  @ApiProblem(404, '没有这次交班')
  one(@Param() { shiftId }: ShiftParams, @Query() _query: NoQuery): Promise<ShiftDetailAnswer> {
    return this.shifts.signed(Number(shiftId));
  }

  @Get(':shiftId/markdown')
  @ApiOperation({ operationId: 'getShiftPage', summary: '签字时的记录，Markdown' })
  @PAGE
  @Header('content-type', MARKDOWN)
  @ApiProblem(404, '没有这次交班')
  async signedPage(@Param() { shiftId }: ShiftParams, @Query() _query: NoQuery): Promise<string> {
    return noteMarkdown((await this.shifts.signed(Number(shiftId))).document);
  }

  @Post()
  @Needs('manage-failures')
  @HttpCode(200)
  @OpsAnswer('signShift', '交班签字：生成此刻的交班记录并存下，理由即交待的话；其摘要记入证据链', ShiftSignedAnswer)
  sign(@Body() body: SignBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<ShiftSignedAnswer> {
    return this.shifts.sign({ caller, key, body });
  }
}
