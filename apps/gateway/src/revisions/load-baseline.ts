import type { CompletionUpdate, JiujinEvent, Receipt, WorkItem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Transaction } from 'kysely';
import { loadCases } from '../ledger/case-rows.ts';
import { findEventBySeq } from '../ledger/event-rows.ts';
import { updateNumberOf } from '../ledger/revision-rows.ts';
import type { Editable } from '../ledger/revision-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { carriedPayload } from './carried-payload.ts';
import { translateAnew } from './translate-anew.ts';
import type { Origin } from './translate-anew.ts';

/** What an edit begins with. */
export type Baseline =
  | { readonly kind: 'payload'; readonly payload: WorkItem | CompletionUpdate; /** Null when it was made only now: the transfer carries nothing. */ readonly carried: WorkItem | CompletionUpdate | null }
  /** It carries nothing, and still cannot be translated: the field that has no counterpart on the other side. */
  | { readonly kind: 'untranslatable'; readonly field: string; readonly zh: string; readonly en: string };

/** The payload of a transfer; where it has none, because it could not be translated, the one that today's data and catalogue give. */
export async function loadBaseline(trx: Transaction<LedgerTables>, row: Editable, keys: KeyRing): Promise<Baseline> {
  const carried = carriedPayload(row, keys);
  if (carried !== null) return { kind: 'payload', payload: carried, carried };
  const translated = translateAnew(await loadOrigin(trx, row, keys));
  return translated.ok ? { kind: 'payload', payload: translated.payload, carried: null } : { ...translated, kind: 'untranslatable' };
}

/** What a transfer is made from: its event as it came, and its case as it now reads. */
export async function loadOrigin(trx: Transaction<LedgerTables>, row: Editable, keys: KeyRing): Promise<Origin> {
  const [event, [found]] = [await findEventBySeq(trx, row.event_seq), await loadCases(trx, [row.project_no])];
  if (event === undefined || found === undefined) throw new Error('a transfer has lost its event or its case');
  return {
    destination: row.destination, kind: row.kind, event: openJson<JiujinEvent>(keys, event), updateNumber: await updateNumberOf(trx, row),
    intake: { projectNo: row.project_no, hallCode: found.hall_code, itemCode: found.item_code, receipt: openJson<Receipt>(keys, found) },
  };
}
