import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeTimePlace } from '../paging/cursor.ts';
import type { PageQuery } from '../paging/page.query.ts';
import { listCases } from '../queries/list-cases.ts';
import type { CaseFilter } from '../queries/list-cases.ts';
import { CaseDetailAnswer } from './case-detail.answer.ts';
import { CasePage } from './case.answer.ts';
import { caseFilterOf } from './case-filter.ts';
import { CaseParams, NoQuery } from './case.params.ts';
import { CaseQuery } from './case.query.ts';
import { IdentitySearchBody } from './identity-search.body.ts';
import { readCase } from './read-case.ts';
import { SearchByIdentity } from './search-by-identity.ts';
import { showCases } from './show-cases.ts';

/** Cases (办件): lists, a person's cases, and one case with everything that happened to it. */
@OpsResource('api/cases', '办件')
export class CasesController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(SearchByIdentity) private readonly byIdentity: SearchByIdentity,
  ) {}

  @Get()
  @OpsAnswer('listCases', '查询办件，最新入账的在前', CasePage)
  list(@Query() query: CaseQuery): Promise<CasePage> {
    return this.page(query, caseFilterOf(query, new Date()));
  }

  @Post('search-by-identity')
  @Needs('search-identity')
  @HttpCode(200)
  @OpsAnswer('searchCasesByIdentity', '按申请人证件号码查询办件（须写明理由，每次留痕）；号码在请求体中，不进入网址、日志和记录', CasePage)
  @ApiProblem(400, '请求体不是 JSON')
  @ApiProblem(415, '请求体须为 application/json')
  searchByIdentity(@Calling() caller: Caller, @Body() body: IdentitySearchBody): Promise<CasePage> {
    return this.byIdentity.run(caller, body);
  }

  @Get(':projectNo')
  @OpsAnswer('getCase', '一个办件的全部：三个维度的状态、要素和全过程时间线', CaseDetailAnswer)
  @ApiProblem(404, '没有这个办件')
  one(@Param() { projectNo }: CaseParams, @Query() _query: NoQuery): Promise<CaseDetailAnswer> {
    return this.ledger.read((trx) => readCase(trx, projectNo, new Date()));
  }

  private async page({ limit, cursor }: PageQuery, filter: CaseFilter): Promise<CasePage> {
    const place = decodeTimePlace(cursor);
    return showCases(await this.ledger.read((trx) => listCases(trx, filter, place, limit + 1)), limit);
  }
}
