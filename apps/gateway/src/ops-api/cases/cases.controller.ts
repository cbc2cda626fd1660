import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { catalogue } from '#contracts';
import { KeyRing } from '#runtime';
import { applicantIndex } from '../../cases/applicant.ts';
import { Needs } from '../../access/needs.ts';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeTimePlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import type { PageQuery } from '../paging/page.query.ts';
import { listCases } from '../queries/list-cases.ts';
import type { CaseFilter } from '../queries/list-cases.ts';
import { CaseDetailAnswer } from './case-detail.answer.ts';
import { CasePage } from './case.answer.ts';
import { CaseParams, NoQuery } from './case.params.ts';
import { CaseQuery } from './case.query.ts';
import { IdentitySearchBody } from './identity-search.body.ts';
import { readCase } from './read-case.ts';
import { showCase } from './show-case.ts';

/** Cases (办件): lists, a person's cases, and one case with everything that happened to it. */
@OpsResource('api/cases', '办件')
export class CasesController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {}

  @Get()
  @OpsAnswer('listCases', '查询办件，最新入账的在前', CasePage)
  list(@Query() query: CaseQuery): Promise<CasePage> {
    const { hall, status, item, deliveryStatus, from, to, q } = query;
    return this.page(query, {
      hall, status, item, deliveryStatus,
      from: from === undefined ? undefined : periodStart(from),
      until: to === undefined ? undefined : periodEnd(to),
      projectNoPrefix: q,
    });
  }

  @Post('search-by-identity')
  @Needs('see-metadata')
  @HttpCode(200)
  @OpsAnswer('searchCasesByIdentity', '按申请人证件号码查询办件；号码在请求体中，不进入网址和日志', CasePage)
  @ApiProblem(400, '请求体不是 JSON')
  @ApiProblem(415, '请求体须为 application/json')
  searchByIdentity(@Body() body: IdentitySearchBody): Promise<CasePage> {
    const types = body.certType === undefined ? catalogue().certificateTypes.map(({ code }) => code) : [body.certType];
    return this.page(body, { applicantIndexes: types.map((type) => applicantIndex(this.keys, type, body.certNo)) });
  }

  @Get(':projectNo')
  @OpsAnswer('getCase', '一个办件的全部：三个维度的状态、要素和全过程时间线', CaseDetailAnswer)
  @ApiProblem(404, '没有这个办件')
  one(@Param() { projectNo }: CaseParams, @Query() _query: NoQuery): Promise<CaseDetailAnswer> {
    return this.ledger.read((trx) => readCase(trx, projectNo, new Date()));
  }

  private async page({ limit, cursor }: PageQuery, filter: CaseFilter): Promise<CasePage> {
    const place = decodeTimePlace(cursor);
    const rows = await this.ledger.read((trx) => listCases(trx, filter, place, limit + 1));
    const now = new Date();
    return pageOf(rows, limit, (row) => encodeCursor([row.created_micros, row.project_no]), (row) => showCase(row, now));
  }
}
