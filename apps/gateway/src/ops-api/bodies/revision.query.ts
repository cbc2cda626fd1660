import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { saying } from '../query-fields.ts';

const TEXT = saying({ zh: '须为修订号（从 1 起的整数）', en: 'must be the number of a revision: a whole number from 1' });

/** Which revision of a transfer's body. */
export class RevisionQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: '第几个修订；不填为现在的。尝试带的是哪个修订，见 listTransferRevisions 的 attemptsBefore' })
  @IsOptional()
  @Type(() => Number)
  @IsInt(TEXT)
  @Min(1, TEXT)
  @Max(1_000_000, TEXT)
  revision?: number;
}
