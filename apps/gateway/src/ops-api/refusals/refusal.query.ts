import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, DayFilter, TextFilter } from '../query-fields.ts';
import { CodeFilter, ProjectNoFilter } from '../shared-filters.ts';
import { REFUSED_BY } from './refusal.answer.ts';
import type { RefusedBy } from './refusal.answer.ts';

/** Filters of `GET /api/refusals`; those given must all hold. */
export class RefusalQuery extends PageQuery {
  @ChoiceFilter('只看在此处被拒的', 'RefusedBy', Object.keys(REFUSED_BY))
  refusedBy?: RefusedBy;

  @CodeFilter('原因代码', 'contract-broken')
  code?: string;

  @TextFilter('经证实的发送方', /^(?:hall:\d{6}|centre|bureau|bridge)$/, { zh: '须为 hall:大厅代码、centre、bureau 或 bridge', en: 'must be hall:<hall code>, centre, bureau or bridge' }, 'hall:410204')
  sender?: string;

  @ProjectNoFilter()
  projectNo?: string;

  @DayFilter('登记时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('登记时间早于；写日期时含当日')
  to?: string;
}
