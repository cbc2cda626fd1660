import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { saying } from '../query-fields.ts';

/** The path of one case. */
export class CaseParams {
  @ApiProperty({ description: '办件编号', example: 'KF20261122000001' })
  @Matches(/^[A-Za-z0-9-]{1,50}$/, saying({ zh: '须为 1–50 位字母、数字或连字符', en: 'must be 1 to 50 letters, digits or hyphens' }))
  projectNo!: string;
}

/** No parameters: a misspelt one on a page that takes none is still refused. */
export class NoQuery {}
