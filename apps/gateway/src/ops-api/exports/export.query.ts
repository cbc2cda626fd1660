import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { CaseQuery } from '../cases/case.query.ts';
import { OperationItemQuery } from '../operations/operation.query.ts';
import { PageQuery } from '../paging/page.query.ts';
import { saying } from '../query-fields.ts';
import { TransferQuery } from '../transfers/transfer.query.ts';

/** More rows than a spreadsheet is good for; who needs them goes on with the cursor. */
const MOST_ROWS = 100_000;
const TEXT = saying({ zh: `须为 1–${MOST_ROWS} 的整数`, en: `must be a whole number from 1 to ${MOST_ROWS}` });

function Rows(): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: MOST_ROWS, default: MOST_ROWS, description: '至多导出的行数；没有导完时，文件末行写明接着导出的 cursor' }),
    IsOptional(), Type(() => Number), IsInt(TEXT), Min(1, TEXT), Max(MOST_ROWS, TEXT),
  );
}

/** The filters of the lists, with a number of rows in the place of a page's size. */
export class CaseExportQuery extends OmitType(CaseQuery, ['limit'] as const) {
  @Rows()
  rows: number = MOST_ROWS;
}

export class TransferExportQuery extends OmitType(TransferQuery, ['limit'] as const) {
  @Rows()
  rows: number = MOST_ROWS;
}

export class ItemExportQuery extends OmitType(OperationItemQuery, ['limit'] as const) {
  @Rows()
  rows: number = MOST_ROWS;
}

export class PlainExportQuery extends OmitType(PageQuery, ['limit'] as const) {
  @Rows()
  rows: number = MOST_ROWS;
}
