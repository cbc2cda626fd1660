import { CASE_STATUSES } from '#contracts';
import type { CaseStatus } from '#contracts';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, ValidateBy } from 'class-validator';
import { PageQuery } from '../paging/page.query.ts';
import { looksPersonal } from '../personal-numbers.ts';
import { ChoiceFilter, DayFilter, saying, TextFilter } from '../query-fields.ts';
import { HallFilter } from '../shared-filters.ts';
import { DELIVERY_STATUSES, wordsOf } from '../words.ts';
import type { DeliveryStatus } from '../words.ts';

const notPersonal = (word: unknown): boolean => typeof word !== 'string' || !looksPersonal(word);

/** Filters of `GET /api/cases`; those given must all hold. */
export class CaseQuery extends PageQuery {
  @HallFilter()
  hall?: string;

  @ChoiceFilter('办件状态', 'CaseStatus', wordsOf(CASE_STATUSES))
  status?: CaseStatus;

  @TextFilter('业务办理项编码', /^[0-9A-Z]{1,30}$/, { zh: '须为业务办理项编码', en: 'must be a handling-item code' }, '725849853QT50024002')
  item?: string;

  @ChoiceFilter('投递状态', 'DeliveryStatus', wordsOf(DELIVERY_STATUSES))
  deliveryStatus?: DeliveryStatus;

  @DayFilter('入账时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('入账时间早于；写日期时含当日')
  to?: string;

  /** A person's number must not get into access logs and browser histories, so this refuses what looks like one. */
  @ApiPropertyOptional({ type: String, description: '办件编号的开头部分。按证件号码查询请用 POST /api/cases/search-by-identity', example: 'KF20261122' })
  @IsOptional()
  @ValidateBy(
    { name: 'notPersonal', validator: { validate: notPersonal } },
    saying({
      zh: '像是证件号码或手机号，不得写入网址；请用 POST /api/cases/search-by-identity',
      en: 'looks like a certificate or phone number, which must not be in a URL; use POST /api/cases/search-by-identity',
    }),
  )
  @Matches(/^[A-Za-z0-9-]{1,50}$/, saying({ zh: '须为办件编号的开头：1–50 位字母、数字或连字符', en: 'must be the beginning of a project number: 1 to 50 letters, digits or hyphens' }))
  q?: string;
}
