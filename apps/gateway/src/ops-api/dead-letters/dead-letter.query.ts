import { APPS } from '#contracts';
import type { AppName } from '#contracts';
import type { LetterStatus } from '../../ledger/letter-verb-tables.ts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, DayFilter } from '../query-fields.ts';
import { CodeFilter, ProjectNoFilter } from '../shared-filters.ts';
import { LETTER_STATUSES, wordsOf } from '../words.ts';

/** Filters of `GET /api/dead-letters`; those given must all hold. */
export class DeadLetterQuery extends PageQuery {
  @ChoiceFilter('处理失败的程序', 'AppName', APPS)
  app?: AppName;

  @ChoiceFilter('状态', 'DeadLetterStatus', wordsOf(LETTER_STATUSES))
  status?: LetterStatus;

  @CodeFilter('原队列', 'gateway.intake')
  queue?: string;

  @CodeFilter('原因代码', 'unreadable')
  code?: string;

  @ProjectNoFilter()
  projectNo?: string;

  @DayFilter('登记时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('登记时间早于；写日期时含当日')
  to?: string;
}
