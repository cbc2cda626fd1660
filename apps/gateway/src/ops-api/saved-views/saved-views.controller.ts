import { Body, Delete, Get, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { listSavedViews } from '../../ledger/saved-view-rows.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import type { Reply } from '../reply.ts';
import { KeepView, showView } from './keep-view.ts';
import { SavedViewChangedAnswer, SavedViewList } from './saved-view.answer.ts';
import { SavedViewBody, SavedViewParams, SavedViewQuery } from './saved-view.body.ts';

/** More than there can be of one's own and of those shared. */
const ALL = 300;

/** Searches that people keep (保存的检索), their own and shared ones. */
@OpsResource('api/saved-views', '保存的检索')
@ApiProblem(409, '重名、过多，或是别人的')
export class SavedViewsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(KeepView) private readonly views: KeepView) {}

  @Get()
  @Needs('see-metadata')
  @OpsAnswer('listSavedViews', '自己保存的和别人共享的检索', SavedViewList)
  async list(@Query() { screen }: SavedViewQuery, @Calling() { person }: Caller): Promise<SavedViewList> {
    const rows = await this.ledger.read((trx) => listSavedViews(trx, person, screen, ALL));
    return { items: rows.map((row) => showView(row, person)) };
  }

  @Post()
  @Needs('login')
  @HttpCode(201)
  @OpsAnswer('createSavedView', '保存一个检索，每人至多 50 个', SavedViewChangedAnswer)
  async create(
    @Body() body: SavedViewBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<SavedViewChangedAnswer> {
    return tagged(reply, await this.views.create({ caller, key }, body));
  }

  @Put(':viewId')
  @Needs('login')
  @OpsAnswer('changeSavedView', '更改自己保存的检索', SavedViewChangedAnswer)
  @ApiHeader({ name: 'If-Match', description: '所见的版本', required: true })
  @ApiProblem(404, '没有这个保存的检索')
  @ApiProblem(412, '其间已被更改')
  @ApiProblem(428, '没有带 If-Match')
  async change(
    @Param() { viewId }: SavedViewParams, @Body() body: SavedViewBody, @IfMatch() seen: number, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: Reply,
  ): Promise<SavedViewChangedAnswer> {
    return tagged(reply, await this.views.change({ caller, key }, viewId, seen, body));
  }

  @Delete(':viewId')
  @Needs('login')
  @OpsAnswer('deleteSavedView', '删除自己保存的检索；有 manage-access 权限者可删除别人共享的', SavedViewChangedAnswer)
  @ApiHeader({ name: 'If-Match', description: '所见的版本', required: true })
  @ApiProblem(404, '没有这个保存的检索')
  @ApiProblem(412, '其间已被更改')
  @ApiProblem(428, '没有带 If-Match')
  remove(@Param() { viewId }: SavedViewParams, @IfMatch() seen: number, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<SavedViewChangedAnswer> {
    return this.views.delete({ caller, key }, viewId, seen);
  }
}

function tagged(reply: Reply, answer: SavedViewChangedAnswer): SavedViewChangedAnswer {
  reply.header('etag', etagOf(answer.version));
  return answer;
}
