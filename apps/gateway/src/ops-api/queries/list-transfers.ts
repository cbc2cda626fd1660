import { isCanary, WORK_ITEM_KINDS } from '#contracts';
import type { Destination, ErrorWord } from '#contracts';
import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { TransferStatus } from '../../ledger/tables.ts';
import type { TimePlace } from '../paging/cursor.ts';
import type { Reading } from '../ops-ledger.ts';
import { after, given, micros } from './sql-forms.ts';
import { TRANSFER_COLUMNS } from './transfer-columns.ts';
import type { TransferRow } from './transfer-columns.ts';

/** What a list of transfers is narrowed to; every part is optional. */
export interface TransferFilter {
  readonly status?: TransferStatus;
  readonly destination?: Destination;
  readonly kind?: string;
  readonly projectNo?: string;
  readonly errorWord?: ErrorWord;
  readonly errorCode?: string;
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
  if (kind === undefined || destination === undefined) return false;
  return Object.hasOwn(WORK_ITEM_KINDS, kind) !== (destination === 'centre');
}

export type TransferListRow = TransferRow & { readonly created_micros: string };

/**
 * Transfers newest first, by (created_at, id): both never change.
 * Canaries (拨测) are left out unless one is asked for.
 * Indexes: (created_at, id), alone and behind error_code, error_word, a rare kind, undelivered and discarded; (project_no, destination, ordinal) for one case.
 */
export async function listTransfers(trx: Reading, filter: TransferFilter, place: TimePlace | null, rows: number): Promise<TransferListRow[]> {
  if (isContradiction(filter)) return [];
  return trx.selectFrom('transfers')
    .innerJoin('events', 'events.seq', 'transfers.event_seq')
    .select([...TRANSFER_COLUMNS, micros('transfers.created_at').as('created_micros')])
    .where((eb) => eb.and([
      ...(isCanary(filter.projectNo ?? '') ? [] : [isReal('transfers.project_no')]),
      ...given(filter.status, (status) => eb('transfers.status', '=', status)),
      ...given(filter.destination, (destination) => eb('transfers.destination', '=', destination)),
      ...given(filter.kind, (kind) => eb('transfers.kind', '=', kind)),
      ...given(filter.kind !== undefined && RARE_KINDS.has(filter.kind) ? filter.kind : null, () => IS_RARE_KIND),
      ...given(filter.errorWord, () => eb('transfers.error_word', 'is not', null)),
      ...given(filter.projectNo, (projectNo) => eb('transfers.project_no', '=', projectNo)),
      ...given(filter.errorWord, (word) => eb('transfers.error_word', '=', word)),
      ...given(filter.errorCode, (code) => eb('transfers.error_code', '=', code)),
      ...given(filter.from, (from) => eb('transfers.created_at', '>=', from)),
      ...given(filter.until, (until) => eb('transfers.created_at', '<', until)),
      ...given(place, (from) => after('transfers.created_at', 'transfers.id', from)),
    ]))
    .orderBy('transfers.created_at', 'desc').orderBy('transfers.id', 'desc')
    .limit(rows)
    .execute();
}
