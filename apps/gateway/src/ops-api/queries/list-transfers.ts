import { isCanary, WORK_ITEM_KINDS } from '#contracts';
import type { Destination, ErrorWord, EventType } from '#contracts';
import { sql } from 'kysely';
import type { Expression, RawBuilder, SqlBool } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { TransferStatus } from '../../ledger/tables.ts';
import type { TimePlace } from '../paging/cursor.ts';
import type { Reading } from '../ops-ledger.ts';
import { onFirstPage } from './first-page.ts';
import { after, all, alternativesOf, chosen, chosenWords, given, micros } from './sql-forms.ts';
import type { Chosen, WithAlternatives } from './sql-forms.ts';
import { TRANSFER_COLUMNS } from './transfer-columns.ts';
import type { TransferRow } from './transfer-columns.ts';

/** What a list of transfers is narrowed to; every part is optional. */
export interface TransferFilter extends WithAlternatives<TransferFilter> {
  readonly status?: Chosen<TransferStatus>;
  readonly destination?: Chosen<Destination>;
  readonly kind?: Chosen<string>;
  readonly projectNo?: Chosen<string>;
  readonly errorWord?: Chosen<ErrorWord>;
  readonly errorCode?: Chosen<string>;
  readonly transferId?: Chosen<string>;
  /** Failed now, in this group. */
  readonly failureGroup?: Chosen<string>;
  /** The hall and the item of its case, and the type of the event that caused it. */
  readonly hall?: Chosen<string>;
  readonly item?: Chosen<string>;
  readonly event?: EventType | readonly EventType[];
  /** Made at or after. */
  readonly from?: Date;
  /** Made before. */
  readonly until?: Date;
}

/** As the partial index has them. Every case has transfers of the other kinds, so those are found soon by any index on time. */
const RARE_KINDS: ReadonlySet<string> = new Set(['supplement', 'correct', 'withdraw', 'void', 'special_procedure', 'supplement_notice']);
const IS_RARE_KIND = sql<SqlBool>`transfers.kind in ('supplement', 'correct', 'withdraw', 'void', 'special_procedure', 'supplement_notice')`;

/** Work items go to the centre and records to the halls: of any other pair the whole ledger would be searched for nothing. */
function isContradiction({ kind, destination }: TransferFilter): boolean {
  const kinds = chosenWords(kind);
  const destinations = chosenWords(destination);
  if (kinds === null || destinations === null) return false;
  return !kinds.some((one) => destinations.some((other) => Object.hasOwn(WORK_ITEM_KINDS, one) === (other === 'centre')));
}

function onlyRare(kind: Chosen<string> | undefined): boolean {
  return chosenWords(kind)?.every((one) => RARE_KINDS.has(one)) === true;
}

/** What is not delivered and what was given up have an index each: only apart do they lead there. */
function ofStatus(status: Chosen<TransferStatus>): RawBuilder<SqlBool> {
  const words = chosenWords(status) ?? [];
  const others = words.filter((word) => word !== 'discarded');
  if (words.includes('delivered') || others.length === 0 || others.length === words.length) return chosen('transfers.status', status);
  return sql<SqlBool>`(${chosen('transfers.status', others)} or transfers.status = 'discarded')`;
}

/** What is caused by an event belongs to a case: said, because the index of rare events has those of cases only. */
function causedBy(types: EventType | readonly EventType[]): RawBuilder<SqlBool> {
  return sql<SqlBool>`${chosen('events.type', types)} and events.project_no is not null`;
}

/** Indexes: the primary key of cases; cases_hall, cases_item and cases_hall_item. */
function ofCase({ hall, item }: TransferFilter): RawBuilder<SqlBool>[] {
  if (hall === undefined && item === undefined) return [];
  const both = [...given(hall, (choice) => chosen('c.hall_code', choice)), ...given(item, (choice) => chosen('c.item_code', choice))];
  return [sql<SqlBool>`exists (select from cases c where c.project_no = transfers.project_no and ${sql.join(both, sql` and `)})`];
}

export type TransferListRow = TransferRow & { readonly created_micros: string };

/** What a row of `transfers` joined with its row of `events` must be for the filter to hold it. What a selection by a search text is frozen with. */
export function transferConditions(filter: TransferFilter): Expression<SqlBool>[] {
  const alternatives = alternativesOf(filter).filter((one) => !isContradiction(one)).map((one) => all(conditionsOf(one)));
  return [alternatives.length === 0 ? sql<SqlBool>`false` : sql<SqlBool>`(${sql.join(alternatives, sql` or `)})`];
}

function conditionsOf(filter: TransferFilter): Expression<SqlBool>[] {
  return [
    ...(chosenWords(filter.projectNo)?.every(isCanary) === true || filter.transferId !== undefined ? [] : [isReal('transfers.project_no')]),
    ...given(filter.status, ofStatus),
    ...given(filter.destination, (destination) => chosen('transfers.destination', destination)),
    ...given(filter.kind, (kind) => chosen('transfers.kind', kind)),
    ...(onlyRare(filter.kind) ? [IS_RARE_KIND] : []),
    ...given(chosenWords(filter.errorWord), () => sql<SqlBool>`transfers.error_word is not null`),
    ...given(filter.projectNo, (projectNo) => chosen('transfers.project_no', projectNo)),
    ...given(filter.errorWord, (word) => chosen('transfers.error_word', word)),
    ...given(filter.errorCode, (code) => chosen('transfers.error_code', code)),
    ...given(filter.transferId, (id) => chosen('transfers.id', id)),
    ...given(filter.failureGroup, (group) => sql<SqlBool>`transfers.status = 'failed' and ${chosen('transfers.failure_group', group)}`),
    ...given(filter.event, causedBy),
    ...ofCase(filter),
    ...given(filter.from, (from) => sql<SqlBool>`transfers.created_at >= ${from}`),
    ...given(filter.until, (until) => sql<SqlBool>`transfers.created_at < ${until}`),
  ];
}

/**
 * Transfers newest first, by (created_at, id): both never change.
 * Canaries (拨测) are left out unless one is asked for. Of alternatives, each is a page of its own: an "or" over two indexes would read every transfer.
 * Indexes: (created_at, id), alone and behind error_code, error_word, a rare kind, undelivered and discarded; (project_no, destination, ordinal) for one case;
 * events_rare_type with transfers_event for what is seldom the cause.
 */
export async function listTransfers(trx: Reading, filter: TransferFilter, place: TimePlace | null, rows: number): Promise<TransferListRow[]> {
  const pages = alternativesOf(filter).filter((one) => !isContradiction(one))
    .map((one) => all([...conditionsOf(one), ...given(place, (from) => after('transfers.created_at', 'transfers.id', from))]));
  if (pages.length === 0) return [];
  return trx.selectFrom('transfers')
    .innerJoin('events', 'events.seq', 'transfers.event_seq')
    .select([...TRANSFER_COLUMNS, micros('transfers.created_at').as('created_micros')])
    .where(onFirstPage(pages, { keys: ['transfers.created_at', 'transfers.id'], from: sql`transfers join events on events.seq = transfers.event_seq`, rows }))
    .orderBy('transfers.created_at', 'desc').orderBy('transfers.id', 'desc')
    .limit(rows)
    .execute();
}
