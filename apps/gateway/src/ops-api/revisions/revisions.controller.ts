import { KeyRing } from '#runtime';
import { Body, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { DedupeWindows } from '../../operations/dedupe-windows.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import type { Reply } from '../reply.ts';
import { TransferParams } from '../transfers/transfer.params.ts';
import { EditActions } from './edit-actions.ts';
import { EditActionAnswer, EditCheckAnswer, EditDetailAnswer, ReturnAnswer, RevisionList, TakeBackAnswer } from './edit.answer.ts';
import { ApproveEditBody, CheckBody, EditBody, EditParams, ReturnBody } from './edit.body.ts';
import { FormAnswer } from './form.answer.ts';
import { checkEdit, readEdit, readForm } from './read-form.ts';
import { readRevisions } from './read-revisions.ts';
import { recordLook } from './record-look.ts';

/** Failed transfers that are mended: by hand, or by the hall that they came from. */
@OpsResource('api/transfers', '更正与退回')
export class RevisionsController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(EditActions) private readonly actions: EditActions,
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(DedupeWindows) private readonly windows: DedupeWindows,
  ) {}

  @Get(':transferId/form')
  @Needs('edit')
  @OpsAnswer('getTransferForm', '更正用的表单和现有的值（个人信息已脱敏）；应答带 ETag；查看留痕', FormAnswer)
  @ApiProblem(404, '没有这条投递')
  @ApiProblem(409, '不能更正；code 和说明给出原因')
  async form(@Param() { transferId }: TransferParams, @Query() _query: NoQuery, @Calling() caller: Caller, @Res({ passthrough: true }) reply: Reply): Promise<FormAnswer> {
    const answer = await this.ledger.write(async (trx) => {
      const form = await readForm(trx, transferId, this.keys);
      await recordLook(trx, caller, 'transfer.form-seen', transferId, { revision: form.revision });
      return form;
    });
    reply.header('etag', etagOf(answer.revision));
    return answer;
  }

  @Post(':transferId/edit/check')
  @Needs('edit')
  @HttpCode(200)
  @OpsAnswer('checkTransferEdit', '试算一次更正：逐个字段校验、前后对比、将发出的内容；不改任何东西，查看留痕', EditCheckAnswer)
  @ApiProblem(404, '没有这条投递')
  @ApiProblem(409, '不能更正；code 和说明给出原因')
  check(@Param() { transferId }: TransferParams, @Body() { changes }: CheckBody, @Calling() caller: Caller): Promise<EditCheckAnswer> {
    return this.ledger.write(async (trx) => {
      const checked = await checkEdit(trx, transferId, changes, this.keys);
      await recordLook(trx, caller, 'transfer.form-seen', transferId, { trial: true, changes: changes.length });
      return checked;
    });
  }

  @Post(':transferId/edit')
  @Needs('edit')
  @HttpCode(200)
  @ApiHeader({ name: 'If-Match', required: true, description: '所看到的修订号（getTransferForm 的 ETag）' })
  @OpsAnswer('editTransfer', '更正一条失败的投递并按原编号发出；关系到款项的等他人批准', EditActionAnswer)
  @ApiProblem(404, '没有这条投递')
  @ApiProblem(409, '没有更正；code 和说明给出原因和办法')
  @ApiProblem(412, '其间已被他人更正')
  @ApiProblem(428, '没有带 If-Match')
  edit(
    @Param() { transferId }: TransferParams, @IfMatch() revision: number, @Body() body: EditBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined,
  ): Promise<EditActionAnswer> {
    return this.actions.edit({ caller, key, id: transferId, revision, body });
  }

  @Get(':transferId/edit/:editId')
  @Needs('see-bodies')
  @OpsAnswer('getTransferEdit', '一次待批准（或已有结果）的更正：前后对比（个人信息已脱敏；没有 edit 权限的与报文同样脱敏），是否已超出对方识别重复的期限；查看留痕', EditDetailAnswer)
  @ApiProblem(404, '没有这次更正')
  one(@Param() { transferId, editId }: EditParams, @Query() _query: NoQuery, @Calling() caller: Caller): Promise<EditDetailAnswer> {
    const look = { keys: this.keys, windows: this.windows, caller };
    return this.ledger.write(async (trx) => {
      const edit = await readEdit(trx, transferId, editId, look);
      await recordLook(trx, caller, 'transfer.edit-seen', transferId, { editId });
      return edit;
    });
  }

  @Post(':transferId/edit/:editId/approve')
  @Needs('approve')
  @HttpCode(200)
  @OpsAnswer('approveTransferEdit', '批准他人的更正，随即按原编号发出', EditActionAnswer)
  @ApiProblem(404, '没有这次更正')
  @ApiProblem(409, '没有批准：是自己提出的、已有结果，投递其间已有变化（更正随之作废），或超出对方识别重复的期限而批准人没有带 override')
  approve(@Param() { transferId, editId }: EditParams, @Body() body: ApproveEditBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<EditActionAnswer> {
    return this.actions.approve({ caller, key, id: transferId, editId, body });
  }

  @Post(':transferId/edit/:editId/reject')
  @Needs('edit')
  @HttpCode(200)
  @OpsAnswer('rejectTransferEdit', '驳回（或由提出人撤回）一次待批准的更正', EditActionAnswer)
  @ApiProblem(404, '没有这次更正')
  @ApiProblem(409, '它已有结果')
  reject(@Param() { transferId, editId }: EditParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<EditActionAnswer> {
    return this.actions.reject({ caller, key, id: transferId, editId, body });
  }

  @Get(':transferId/revisions')
  @OpsAnswer('listTransferRevisions', '历次修订：谁、何时、为何、改了哪些字段、结果如何；不含值', RevisionList)
  @ApiProblem(404, '没有这条投递')
  revisions(@Param() { transferId }: TransferParams, @Query() _query: NoQuery): Promise<RevisionList> {
    return this.ledger.read((trx) => readRevisions(trx, transferId));
  }

  @Post(':transferId/return')
  @Needs('edit')
  @HttpCode(200)
  @OpsAnswer('returnTransfer', '因数据有误退回大厅更正：告知大厅哪里不对；收到更正后按原位置重新投递', ReturnAnswer)
  @ApiProblem(404, '没有这条投递')
  @ApiProblem(409, '不能退回；code 和说明给出原因')
  return(@Param() { transferId }: TransferParams, @Body() body: ReturnBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<ReturnAnswer> {
    return this.actions.return({ caller, key, id: transferId, body });
  }

  @Post(':transferId/return/take-back')
  @Needs('edit')
  @HttpCode(200)
  @OpsAnswer('takeBackReturn', '撤回退回：不再等大厅更正，可以重新投递、更正或放弃', TakeBackAnswer)
  @ApiProblem(404, '没有这条投递')
  @ApiProblem(409, '它没有在等大厅更正')
  takeBack(@Param() { transferId }: TransferParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<TakeBackAnswer> {
    return this.actions.takeBack({ caller, key, id: transferId, body });
  }
}
