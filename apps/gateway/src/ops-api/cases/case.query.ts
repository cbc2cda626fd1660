import { CASE_STATUSES } from '#contracts';
import type { CaseStatus } from '#contracts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, DayFilter, TextFilter } from '../query-fields.ts';
import { SearchText } from '../search/search.query.ts';
import { HallFilter } from '../shared-filters.ts';
import { DELIVERY_STATUSES, wordsOf } from '../words.ts';
import type { DeliveryStatus } from '../words.ts';

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

  @SearchText('检索式，如 厅:410204 状态:失败 -事项:12 时间:今天 9-11；不同字段用“或”和括号；单独一个词为办件编号的开头', '厅:410204 状态:失败')
  q?: string;
}
