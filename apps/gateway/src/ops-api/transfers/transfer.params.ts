import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { saying } from '../query-fields.ts';

/** The path of one transfer. */
export class TransferParams {
  @ApiProperty({ description: '投递编号', example: 'tr_k3JhQ0cXq8mP0b7yQbqv5nWw2aE' })
  @Matches(/^[A-Za-z0-9._-]{1,100}$/, saying({ zh: '须为投递编号', en: 'must be the id of a transfer' }))
  transferId!: string;
}
