import { EVENT_TYPES } from '#contracts';
import { Get, Inject, Query } from '@nestjs/common';
import { beijingTime } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { PageQuery } from '../paging/page.query.ts';
import { pageOf } from '../paging/page.ts';
import { listDuplicates } from '../queries/list-duplicates.ts';
import type { DuplicateRow } from '../queries/list-duplicates.ts';
import { ChoiceFilter } from '../query-fields.ts';
import { ProjectNoFilter } from '../shared-filters.ts';
import { partyZh } from '../words.ts';
import { DuplicatePage } from './duplicate.answer.ts';
import type { DuplicateAnswer } from './duplicate.answer.ts';

/** Filters of `GET /api/duplicates`. */
export class DuplicateQuery extends PageQuery {
  @ChoiceFilter('true：内容相同；false：同一标识、内容不同', 'SameBody', ['true', 'false'])
  sameBody?: 'true' | 'false';

  @ProjectNoFilter()
  projectNo?: string;
}

/** What came again and was not applied a second time, with what it repeats. */
@OpsResource('api/duplicates', '重复')
export class DuplicatesController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listDuplicates', '重复到达、没有再入账的事件：与哪一次相同，相隔多久，内容是否相同；最近的在前', DuplicatePage)
  async list(@Query() { sameBody, projectNo, cursor, limit }: DuplicateQuery): Promise<DuplicatePage> {
    const [below = null] = decodeNumberPlaces(cursor, 1) ?? [];
    const filter = { projectNo, sameBody: sameBody === undefined ? undefined : sameBody === 'true' };
    const rows = await this.ledger.read((trx) => listDuplicates(trx, filter, below, limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.seq]), show);
  }
}

function show(row: DuplicateRow): DuplicateAnswer {
  const secondsLater = Math.round((row.again_at.getTime() - row.first_at.getTime()) / 1_000);
  return {
    duplicateId: row.seq, eventId: row.event_id, type: row.type, typeZh: EVENT_TYPES[row.type].zh, senderZh: partyZh(row.party), projectNo: row.project_no,
    firstAt: beijingTime(row.first_at), againAt: beijingTime(row.again_at), secondsLater, sameBody: row.same_body,
    explainZh: `与 ${secondsLater} 秒前到达的同一事件${row.same_body ? '内容相同，未再入账' : '内容不同：以第一次为准，请发送方说明'}`,
  };
}
