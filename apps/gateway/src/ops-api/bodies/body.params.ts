import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { saying } from '../query-fields.ts';

/** The path of one event. */
export class EventParams {
  @ApiProperty({ description: '事件编号（办件时间线中的 seq）', example: '1024' })
  @Matches(/^[1-9]\d{0,14}$/, saying({ zh: '须为事件编号（整数）', en: 'must be the number of an event' }))
  seq!: string;
}

/** The path of one reveal. */
export class RevealParams {
  @ApiProperty({ description: '揭示编号' })
  @Matches(/^rv_[A-Za-z0-9_-]{24}$/, saying({ zh: '须为揭示编号', en: 'must be the id of a reveal' }))
  revealId!: string;
}
