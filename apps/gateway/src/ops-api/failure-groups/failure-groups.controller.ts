import { Body, Get, HttpCode, Inject, Param, Patch, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { Contacts } from '../../failures/contacts.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { periodStart } from '../beijing-time.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import type { Reply } from '../reply.ts';
import { ChangeFailureGroup } from './change-failure-group.ts';
import { FailureGroupBody } from './failure-group.body.ts';
import { FailureGroupChangedAnswer, FailureGroupDetailAnswer } from './failure-group-detail.answer.ts';
import { FailureGroupPage } from './failure-group.answer.ts';
import { FailureGroupDetailQuery, FailureGroupParams, FailureGroupQuery } from './failure-group.query.ts';
import { pageFailureGroups } from './page-failure-groups.ts';
import { readFailureGroup } from './read-failure-group.ts';

/** What failed, put together by what is wrong: each cause is looked at once, however many transfers it has struck. */
@OpsResource('api/failure-groups', '失败分组')
export class FailureGroupsController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(ChangeFailureGroup) private readonly change: ChangeFailureGroup,
    @Inject(Contacts) private readonly contacts: Contacts,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  @OpsAnswer('listFailureGroups', '查询失败分组，最近失败的在前；by 可把各组按内容种类、大厅、HTTP 状态码或契约字段再归并', FailureGroupPage)
  list(@Query() query: FailureGroupQuery): Promise<FailureGroupPage> {
    return this.ledger.read((trx) => pageFailureGroups(trx, query));
  }

  @Get(':groupId')
  @OpsAnswer('getFailureGroup', '一个失败分组：失败条数、涉及办件、24 小时曲线、责任方和联系人、处置手册、举例、处置记录、以前怎样解决', FailureGroupDetailAnswer)
  @ApiProblem(404, '没有这个失败分组')
  async one(
    @Param() { groupId }: FailureGroupParams, @Query() { since }: FailureGroupDetailQuery, @Res({ passthrough: true }) reply: Reply,
  ): Promise<FailureGroupDetailAnswer> {
    const surroundings = { contacts: this.contacts, runbook: this.config.runbookUrl };
    const group = await this.ledger.read((trx) => readFailureGroup(trx, groupId, since === undefined ? null : periodStart(since), surroundings));
    reply.header('etag', etagOf(group.version));
    return group;
  }

  @Patch(':groupId')
  @Needs('manage-failures')
  @HttpCode(200)
  @OpsAnswer('changeFailureGroup', '处置失败分组：确认、指派、处理中、解决、忽略、备注', FailureGroupChangedAnswer)
  @ApiHeader({ name: 'If-Match', description: '所见的版本，即读取时的 ETag', required: true })
  @ApiProblem(404, '没有这个失败分组')
  @ApiProblem(409, '现在的状态不能这样改，或没有可改的')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async patch(
    @Param() { groupId }: FailureGroupParams, @Body() body: FailureGroupBody, @IfMatch() seen: number, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<FailureGroupChangedAnswer> {
    const changed = await this.change.run({ caller, key, id: groupId, seen, body });
    reply.header('etag', etagOf(changed.version));
    return changed;
  }
}
