import { Body, Get, HttpCode, Inject, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { findAccount, listAccounts } from '../../ledger/access-account-rows.ts';
import { NoQuery } from '../cases/case.params.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeKeyPlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import type { Reply } from '../reply.ts';
import { AccountAnswer, AccountChangeAnswer, AccountPage } from './account.answer.ts';
import { ChangeRolesBody, CreateAccountBody } from './account.body.ts';
import { AccountParams } from './account.params.ts';
import { ChangeAccount } from './change-account.ts';
import { CreateAccount } from './create-account.ts';
import { accountUnknown } from './refusals.ts';
import { showAccount } from './show-account.ts';

const Version = (): MethodDecorator => ApiHeader({ name: 'If-Match', required: true, description: '所见版本的 ETag，形如 "3"' });

/** Who may come in, and as what (账号管理). */
@OpsResource('api/accounts', '账号')
@ApiProblem(404, '没有这个账号')
@ApiProblem(409, '账号已存在、已是这样、是自己的账号，或这样一来再没有管理员')
@ApiProblem(412, '其间已被他人更改')
@ApiProblem(428, '缺少 If-Match')
export class AccountsController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(CreateAccount) private readonly createAccount: CreateAccount,
    @Inject(ChangeAccount) private readonly changeAccount: ChangeAccount,
  ) {}

  @Get()
  @Needs('manage-access')
  @OpsAnswer('listAccounts', '全部账号，按用户名排序', AccountPage)
  async list(@Query() { limit, cursor }: PageQuery): Promise<AccountPage> {
    const [after = null] = decodeKeyPlace(cursor, 1) ?? [];
    const rows = await this.ledger.read((trx) => listAccounts(trx, after, limit + 1));
    const now = new Date();
    return pageOf(rows, limit, (row) => encodeCursor([row.name]), (row) => showAccount(row, now));
  }

  @Get(':accountId')
  @Needs('manage-access')
  @OpsAnswer('getAccount', '一个账号；应答带 ETag', AccountAnswer)
  async one(@Param() { accountId }: AccountParams, @Query() _query: NoQuery, @Res({ passthrough: true }) reply: Reply): Promise<AccountAnswer> {
    const account = await this.ledger.read((trx) => findAccount(trx, accountId));
    if (account === undefined) throw accountUnknown();
    reply.header('etag', etagOf(account.version));
    return showAccount(account, new Date());
  }

  @Post()
  @Needs('manage-access')
  @HttpCode(200)
  @OpsAnswer('createAccount', '创建本系统账号；一次性密码只在应答中显示一次', AccountChangeAnswer)
  async create(@Calling() caller: Caller, @Body() body: CreateAccountBody, @Res({ passthrough: true }) reply: Reply): Promise<AccountChangeAnswer> {
    return tagged(reply, await this.createAccount.run(caller, body));
  }

  @Put(':accountId/roles')
  @Needs('manage-access')
  @Version()
  @OpsAnswer('changeAccountRoles', '更改角色，即时生效', AccountChangeAnswer)
  async roles(
    @Calling() caller: Caller, @Param() { accountId }: AccountParams, @IfMatch() version: number, @Body() body: ChangeRolesBody, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AccountChangeAnswer> {
    return tagged(reply, await this.changeAccount.roles({ caller, accountId, version, body }, body.roles));
  }

  @Post(':accountId/disable')
  @Needs('manage-access')
  @HttpCode(200)
  @Version()
  @OpsAnswer('disableAccount', '停用账号；其会话即时结束，令牌即时撤销', AccountChangeAnswer)
  async disable(
    @Calling() caller: Caller, @Param() { accountId }: AccountParams, @IfMatch() version: number, @Body() body: ReasonedBody, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AccountChangeAnswer> {
    return tagged(reply, await this.changeAccount.disable({ caller, accountId, version, body }));
  }

  @Post(':accountId/enable')
  @Needs('manage-access')
  @HttpCode(200)
  @Version()
  @OpsAnswer('enableAccount', '重新启用账号', AccountChangeAnswer)
  async enable(
    @Calling() caller: Caller, @Param() { accountId }: AccountParams, @IfMatch() version: number, @Body() body: ReasonedBody, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AccountChangeAnswer> {
    return tagged(reply, await this.changeAccount.enable({ caller, accountId, version, body }));
  }

  @Post(':accountId/unlock')
  @Needs('manage-access')
  @HttpCode(200)
  @Version()
  @OpsAnswer('unlockAccount', '解除因密码连续错误而来的锁定', AccountChangeAnswer)
  async unlock(
    @Calling() caller: Caller, @Param() { accountId }: AccountParams, @IfMatch() version: number, @Body() body: ReasonedBody, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AccountChangeAnswer> {
    return tagged(reply, await this.changeAccount.unlock({ caller, accountId, version, body }));
  }

  @Post(':accountId/reset-password')
  @Needs('manage-access')
  @HttpCode(200)
  @Version()
  @OpsAnswer('resetAccountPassword', '重置密码，结束其会话，撤销其令牌；一次性密码只在应答中显示一次', AccountChangeAnswer)
  async resetPassword(
    @Calling() caller: Caller, @Param() { accountId }: AccountParams, @IfMatch() version: number, @Body() body: ReasonedBody, @Res({ passthrough: true }) reply: Reply,
  ): Promise<AccountChangeAnswer> {
    return tagged(reply, await this.changeAccount.resetPassword({ caller, accountId, version, body }));
  }
}

function tagged(reply: Reply, answer: AccountChangeAnswer): AccountChangeAnswer {
  reply.header('etag', etagOf(answer.account.version));
  return answer;
}
