import { applyDecorators, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { caseFilterOf } from '../cases/case-filter.ts';
import { RunningExports } from '../evidence/running-exports.ts';
import { FailureGroupParams } from '../failure-groups/failure-group.query.ts';
import { groupUnknown } from '../failure-groups/read-failure-group.ts';
import { unknownOperation } from '../operations/operation-problems.ts';
import { OperationParams } from '../operations/operation.query.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, decodeTimePlace } from '../paging/cursor.ts';
import { findFailureGroup } from '../queries/find-failure-group.ts';
import { findOperation } from '../queries/list-operations.ts';
import { transferFilterOf } from '../transfers/transfer-filter.ts';
import { csvPages } from './csv-pages.ts';
import type { CsvSource } from './csv-pages.ts';
import { CaseExportQuery, ItemExportQuery, PlainExportQuery, TransferExportQuery } from './export.query.ts';
import { casesSource, groupSource, itemsSource, transfersSource } from './export-sources.ts';

/** What is exported, for the record. */
interface Taken {
  readonly subject: string;
  readonly file: string;
  /** The filters as they were given; they hold nothing personal. */
  readonly query: object;
  readonly rows: number;
}

function CsvAnswer(operationId: string, summary: string): MethodDecorator {
  return applyDecorators(
    ApiOperation({ operationId, summary: `${summary}（CSV，UTF-8 带 BOM，已脱敏；末行写明是否导完，没有导完的写明接着导出的 cursor）。导出留痕` }),
    ApiOkResponse({ description: '第一行是列名，末行以 # 开头', content: { 'text/csv': { schema: { type: 'string' } } } }),
    ApiProblem(429, '正在进行的导出过多'),
  );
}

/** Lists as files for a spreadsheet (导出): what the lists show, masked as they are. */
@OpsResource('api/exports', '导出')
export class ExportsController {
  private readonly running = new RunningExports();

  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get('cases')
  @Needs('see-metadata')
  @CsvAnswer('exportCases', '导出办件，筛选与查询办件相同')
  cases(@Query() query: CaseExportQuery, @Calling() caller: Caller): Promise<StreamableFile> {
    const now = new Date();
    const source = casesSource(this.ledger, caseFilterOf({ ...query, limit: query.rows }, now), decodeTimePlace(query.cursor), now);
    return this.take(caller, source, { subject: 'cases', file: 'cases', query, rows: query.rows });
  }

  @Get('transfers')
  @Needs('see-metadata')
  @CsvAnswer('exportTransfers', '导出投递，筛选与查询投递相同')
  transfers(@Query() query: TransferExportQuery, @Calling() caller: Caller): Promise<StreamableFile> {
    const source = transfersSource(this.ledger, transferFilterOf({ ...query, limit: query.rows }, new Date()), decodeTimePlace(query.cursor));
    return this.take(caller, source, { subject: 'transfers', file: 'transfers', query, rows: query.rows });
  }

  @Get('failure-groups/:groupId')
  @Needs('see-metadata')
  @CsvAnswer('exportFailureGroup', '导出一个失败分组里现在失败着的投递')
  @ApiProblem(404, '没有这个失败分组')
  async group(@Param() { groupId }: FailureGroupParams, @Query() query: PlainExportQuery, @Calling() caller: Caller): Promise<StreamableFile> {
    const place = decodeTimePlace(query.cursor);
    if (await this.ledger.read((trx) => findFailureGroup(trx, groupId, null)) === undefined) throw groupUnknown();
    return this.take(caller, groupSource(this.ledger, groupId, place), { subject: groupId, file: groupId, query, rows: query.rows });
  }

  @Get('operations/:operationId')
  @Needs('see-metadata')
  @CsvAnswer('exportOperation', '导出一个批量操作里每条投递的结果')
  @ApiProblem(404, '没有这个批量操作')
  async operation(@Param() { operationId }: OperationParams, @Query() query: ItemExportQuery, @Calling() caller: Caller): Promise<StreamableFile> {
    const [after = null] = decodeNumberPlaces(query.cursor, 1) ?? [];
    if (await this.ledger.read((trx) => findOperation(trx, operationId)) === undefined) throw unknownOperation();
    return this.take(caller, itemsSource(this.ledger, operationId, query, after), { subject: operationId, file: operationId, query, rows: query.rows });
  }

  /** Nothing is read before it is on record who takes it away. */
  private async take<Row, Item>(caller: Caller, source: CsvSource<Row, Item>, { subject, file, query, rows }: Taken): Promise<StreamableFile> {
    const stream = await this.running.open(async () => {
      await this.ledger.write((trx) => recordAction(trx, {
        caller, action: 'list.exported', subjectKind: 'list', subject, reason: '', result: 'done', facts: { query: { ...query } },
      }));
      return csvPages(source, rows);
    });
    return new StreamableFile(stream, { type: 'text/csv; charset=utf-8; header=present', disposition: `attachment; filename="${file}.csv"` });
  }
}
