import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { saying } from '../query-fields.ts';

/** The path of one account. */
export class AccountParams {
  @ApiProperty({ description: '账号标识' })
  @Matches(/^[0-9a-f-]{36}$/, saying({ zh: '须为账号标识', en: 'must be the id of an account' }))
  accountId!: string;
}
