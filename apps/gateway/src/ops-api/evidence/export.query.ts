import { ApiPropertyOptional } from '@nestjs/swagger';
import { applyDecorators } from '@nestjs/common';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { saying } from '../query-fields.ts';

const NUMBER_TEXT = saying({ zh: '须为证据链中的记录编号（从 1 起的整数）', en: 'must be the number of an entry: a whole number from 1' });

function EntryNumber(description: string): PropertyDecorator {
  return applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum: 1, description }), IsOptional(), Type(() => Number),
    IsInt(NUMBER_TEXT), Min(1, NUMBER_TEXT), Max(Number.MAX_SAFE_INTEGER, NUMBER_TEXT),
  );
}

/** Which part of the chain to export. */
export class ExportQuery {
  @EntryNumber('从第几条记录起；不填为第一条')
  from?: number;

  @EntryNumber('到第几条记录止（含）；不填为最后一条')
  to?: number;
}
