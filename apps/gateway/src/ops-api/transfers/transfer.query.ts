import { ERROR_WORDS } from '#contracts';
import type { Destination, ErrorWord } from '#contracts';
import type { TransferStatus } from '../../ledger/tables.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, DayFilter, TextFilter } from '../query-fields.ts';
import { CodeFilter, ProjectNoFilter } from '../shared-filters.ts';
import { TRANSFER_STATUSES, wordsOf } from '../words.ts';

/** Filters of `GET /api/transfers`; those given must all hold. */
export class TransferQuery extends PageQuery {
  @ChoiceFilter('投递状态', 'TransferStatus', wordsOf(TRANSFER_STATUSES))
  status?: TransferStatus;

  @TextFilter('目的地', /^(?:centre|hall:\d{6})$/, { zh: '须为 centre 或 hall:大厅代码', en: 'must be centre or hall:<hall code>' }, 'hall:410204')
  destination?: Destination;

  @CodeFilter('内容种类', 'acceptance')
  kind?: string;

  @ProjectNoFilter()
  projectNo?: string;

  @ChoiceFilter('错误类别', 'ErrorWord', ERROR_WORDS)
  errorWord?: ErrorWord;

  @CodeFilter('错误代码', 'http-503')
  errorCode?: string;

  @DayFilter('生成时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('生成时间早于；写日期时含当日')
  to?: string;
}
