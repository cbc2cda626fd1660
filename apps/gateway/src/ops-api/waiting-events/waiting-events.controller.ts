import { Get, Inject, Query } from '@nestjs/common';
import { EVENT_TYPES } from '#contracts';
import { beijingTime } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { PageQuery } from '../paging/page.query.ts';
import { scrubbedOrNull } from '../personal-numbers.ts';
import { listUnappliedEvents } from '../queries/list-unapplied-events.ts';
import type { UnappliedEventRow } from '../queries/list-unapplied-events.ts';
import { ProjectNoFilter } from '../shared-filters.ts';
import { partyZh } from '../words.ts';
import { WaitingEventPage } from './waiting-event.answer.ts';
import type { WaitingEventAnswer } from './waiting-event.answer.ts';

/** Filters of `GET /api/waiting-events`. */
export class WaitingEventQuery extends PageQuery {
  @ProjectNoFilter()
  projectNo?: string;
}

/** Events that overtook their predecessor: nothing waits unseen. */
@OpsResource('api/waiting-events', '暂存事件')
export class WaitingEventsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listWaitingEvents', '查询等待前序事件的暂存事件，最新的在前', WaitingEventPage)
  async list(@Query() { projectNo, limit, cursor }: WaitingEventQuery): Promise<WaitingEventPage> {
    const [below = null] = decodeNumberPlaces(cursor, 1) ?? [];
    const rows = await this.ledger.read((trx) => listUnappliedEvents(trx, 'parked', { projectNo }, below, limit + 1));
    const now = Date.now();
    return pageOf(rows, limit, (row) => encodeCursor([row.seq]), (row) => showWaitingEvent(row, now));
  }
}

function showWaitingEvent(row: UnappliedEventRow, nowMs: number): WaitingEventAnswer {
  return {
    eventId: row.event_id,
    type: row.type, typeZh: EVENT_TYPES[row.type].zh,
    sender: row.party, senderZh: partyZh(row.party),
    projectNo: row.project_no,
    sequence: row.sequence,
    code: row.outcome_code, reasonZh: scrubbedOrNull(row.outcome_zh),
    occurredAt: beijingTime(row.occurred_at), recordedAt: beijingTime(row.recorded_at),
    waitingSeconds: Math.max(0, Math.round((nowMs - row.recorded_at.getTime()) / 1000)),
  };
}
