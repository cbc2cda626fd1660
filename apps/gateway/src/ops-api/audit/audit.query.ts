import { PageQuery } from '../paging/page.query.ts';
import { DayFilter, TextFilter } from '../query-fields.ts';

const WORD = { zh: '须为 1–100 位字母、数字或 . _ : -', en: 'must be 1 to 100 of letters, digits and . _ : -' };

/** Filters of `GET /api/audit`; those given must all hold. */
export class AuditQuery extends PageQuery {
  @TextFilter('操作人标识', /^[A-Za-z0-9._:-]{1,100}$/, WORD, 'account:3f0c')
  actor?: string;

  @TextFilter('操作', /^[a-z0-9.-]{1,100}$/, WORD, 'transfer.replayed')
  action?: string;

  @TextFilter('对象种类', /^[a-z-]{1,50}$/, WORD, 'transfer')
  subjectKind?: string;

  @TextFilter('对象', /^[A-Za-z0-9._:/-]{1,200}$/, WORD, 'tr_k3JhQ0cXq8mP0b7yQbqv5nWw2aE')
  subject?: string;

  @DayFilter('时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('时间早于；写日期时含当日')
  to?: string;
}
