import { isCanary } from '#contracts';
import type { CaseStatus, EventType } from '#contracts';
import { sql } from 'kysely';
import type { Expression, RawBuilder, SqlBool } from 'kysely';
import type { TimePlace } from '../paging/cursor.ts';
import type { DeliveryStatus } from '../words.ts';
import { CASE_COLUMNS } from './case-columns.ts';
import type { CaseListRow } from './case-columns.ts';
import { deliveryIs, deliveryStatus } from './delivery-status.ts';
import { hadEvent } from './had-event.ts';
import type { Reading } from '../ops-ledger.ts';
import { onFirstPage } from './first-page.ts';
import { after, all, alternativesOf, chosen, chosenWords, given, isExclusion, micros } from './sql-forms.ts';
import type { Chosen, WithAlternatives } from './sql-forms.ts';

/** What a list of cases is narrowed to; every part is optional. */
export interface CaseFilter extends WithAlternatives<CaseFilter> {
  readonly hall?: Chosen<string>;
  readonly status?: Chosen<CaseStatus>;
  readonly item?: Chosen<string>;
  readonly deliveryStatus?: DeliveryStatus | readonly DeliveryStatus[];
  /** Some event of the case is of such a type. */
  readonly event?: EventType | readonly EventType[];
  /** Recorded at or after. */
  readonly from?: Date;
  /** Recorded before. */
  readonly until?: Date;
  /** Beginning of the project number: letters, digits and hyphens only. */
  readonly projectNoPrefix?: Chosen<string>;
  /** Blind indexes of one certificate number, one per certificate type. */
  readonly applicantIndexes?: readonly string[];
}

/**
 * Cases newest first, by (created_at, project_no): both never change, so paging neither skips nor repeats a case that moved on meanwhile.
 * Canaries (拨测) are left out unless the prefix asks for them. Of alternatives, each is a page of its own: an "or" over two indexes would read every case.
 * Indexes: (created_at, project_no), alone and behind hall_code, status and item_code; (project_no text_pattern_ops); (applicant_index).
 */
export function listCases(trx: Reading, filter: CaseFilter, place: TimePlace | null, rows: number): Promise<CaseListRow[]> {
  const pages = alternativesOf(filter).map((one) => all([...caseConditions(one), ...given(place, (from) => after('cases.created_at', 'cases.project_no', from))]));
  return trx.selectFrom('cases')
    .select([...CASE_COLUMNS, deliveryStatus.as('delivery_status'), micros('cases.created_at').as('created_micros')])
    .where(onFirstPage(pages, { keys: ['cases.created_at', 'cases.project_no'], from: sql`cases`, rows }))
    .orderBy('created_at', 'desc').orderBy('project_no', 'desc')
    .limit(rows)
    .execute();
}

function caseConditions(filter: CaseFilter): Expression<SqlBool>[] {
  return [
    ...(chosenWords(filter.projectNoPrefix)?.every(isCanary) === true ? [] : [sql<SqlBool>`cases.canary = false`]),
    ...given(filter.hall, (hall) => chosen('cases.hall_code', hall)),
    ...given(filter.status, (status) => chosen('cases.status', status)),
    ...given(filter.item, (item) => chosen('cases.item_code', item)),
    ...given(filter.from, (from) => sql<SqlBool>`cases.created_at >= ${from}`),
    ...given(filter.until, (until) => sql<SqlBool>`cases.created_at < ${until}`),
    ...given(filter.projectNoPrefix, beginsWith),
    ...given(filter.applicantIndexes, (indexes) => sql<SqlBool>`cases.applicant_index in (${sql.join([...indexes])})`),
    ...given(filter.deliveryStatus, (status) => deliveryIs(typeof status === 'string' ? [status] : status)),
    ...given(filter.event, (types) => hadEvent(typeof types === 'string' ? [types] : types)),
  ];
}

function beginsWith(prefixes: Chosen<string>): RawBuilder<SqlBool> {
  const words = isExclusion(prefixes) ? prefixes.not : chosenWords(prefixes) ?? [];
  const any = sql.join(words.map((prefix) => sql`cases.project_no like ${`${prefix}%`}`), sql` or `);
  return isExclusion(prefixes) ? sql<SqlBool>`not (${any})` : sql<SqlBool>`(${any})`;
}
