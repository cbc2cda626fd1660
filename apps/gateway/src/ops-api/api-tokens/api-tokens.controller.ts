import { Body, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { listApiTokens } from '../../ledger/access-rows.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { ApiTokenMadeAnswer, ApiTokenPage, ApiTokenRevokedAnswer } from './api-token.answer.ts';
import { MakeApiTokenBody } from './api-token.body.ts';
import { ApiTokenParams, ApiTokenQuery } from './api-token.query.ts';
import { MakeApiToken } from './make-api-token.ts';
import { RevokeApiToken } from './revoke-api-token.ts';
import { showApiToken } from './show-api-token.ts';

/** Tokens for scripts (访问令牌): everybody their own, who manages access those of all. */
@OpsResource('api/api-tokens', '访问令牌')
export class ApiTokensController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(MakeApiToken) private readonly makeApiToken: MakeApiToken,
    @Inject(RevokeApiToken) private readonly revokeApiToken: RevokeApiToken,
  ) {}

  @Get()
  @Needs('login')
  @OpsAnswer('listApiTokens', '访问令牌（不含令牌本身），最新的在前', ApiTokenPage)
  async list(@Calling() caller: Caller, @Query() { of, limit, cursor }: ApiTokenQuery): Promise<ApiTokenPage> {
    if (of === 'everybody') refuseOthers(caller);
    const accountId = of === 'everybody' ? null : caller.person.replace(/^account:/, '');
    const rows = await this.ledger.read((trx) => listApiTokens(trx, accountId, this.config.oidcConfirmMs, decodeTimePlace(cursor), limit + 1));
    const now = new Date();
    return pageOf(rows, limit, (row) => encodeCursor([row.created_micros, row.id]), (row) => showApiToken(row, now));
  }

  @Post()
  @Needs('login')
  @HttpCode(200)
  @OpsAnswer('makeApiToken', '为自己创建访问令牌；令牌只在应答中显示一次', ApiTokenMadeAnswer)
  @ApiProblem(409, '已有同名令牌，或令牌过多')
  make(@Calling() caller: Caller, @Body() body: MakeApiTokenBody): Promise<ApiTokenMadeAnswer> {
    return this.makeApiToken.run(caller, body);
  }

  @Delete(':tokenId')
  @Needs('login')
  @OpsAnswer('revokeApiToken', '撤销访问令牌，即时失效：自己的；有 manage-access 权限者可撤销任何人的', ApiTokenRevokedAnswer)
  @ApiProblem(404, '没有这个令牌')
  @ApiProblem(409, '早已撤销')
  revoke(@Calling() caller: Caller, @Param() { tokenId }: ApiTokenParams): Promise<ApiTokenRevokedAnswer> {
    return this.revokeApiToken.run(caller, tokenId);
  }
}

function refuseOthers({ rights }: Caller): void {
  if (!rights.has('manage-access')) throw new OpsProblem('forbidden', {
    detail: 'The tokens of others need the right "manage-access".', detailZh: '查看他人的令牌需要权限“manage-access”。',
  });
}
