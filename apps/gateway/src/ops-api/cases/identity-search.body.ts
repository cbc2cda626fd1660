import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { PageQuery } from '../paging/page.query.ts';
import { saying, TextFilter } from '../query-fields.ts';
import { Reason } from '../reasoned.body.ts';

/** Body of `POST /api/cases/search-by-identity`. */
export class IdentitySearchBody extends PageQuery {
  @Reason()
  reason!: string;

  @ApiProperty({ description: '申请人证件号码。只用于计算盲索引，不回显；留痕的只有盲索引', minLength: 4, maxLength: 64 })
  @Matches(/^[\p{L}\p{N}()（）·.-]{4,64}$/u, saying({ zh: '须为 4–64 位的证件号码', en: 'must be a certificate number of 4 to 64 characters' }))
  certNo!: string;

  @TextFilter('证件类型（GA/T 2000.156 三位代码）；不填则查所有类型', /^\d{3}$/, { zh: '须为三位证件类型代码', en: 'must be a certificate type of three digits' }, '111')
  certType?: string;
}
