import { ERROR_WORDS } from '#contracts';
import type { Destination, ErrorWord } from '#contracts';
import type { TransferStatus } from '../../ledger/tables.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, DayFilter } from '../query-fields.ts';
import { SearchText } from '../search/search.query.ts';
import { CodeFilter, DestinationFilter, ProjectNoFilter } from '../shared-filters.ts';
import { TRANSFER_STATUSES, wordsOf } from '../words.ts';

/** Filters of `GET /api/transfers`; those given must all hold. */
export class TransferQuery extends PageQuery {
  @ChoiceFilter('投递状态', 'TransferStatus', wordsOf(TRANSFER_STATUSES))
  status?: TransferStatus;

  @DestinationFilter()
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

  @SearchText('检索式，如 厅:410204 状态:失败 错误:http-503 时间:今天；不同字段用“或”和括号；单独一个词为办件编号或投递编号', '状态:失败 目的地:中心')
  q?: string;
}
