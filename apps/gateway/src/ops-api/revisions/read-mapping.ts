import { listPath } from '#contracts';
import type { KeyRing } from '#runtime';
import { findEditable, listRevisions } from '../../ledger/revision-rows.ts';
import { carriedEdits } from '../../revisions/carried-edits.ts';
import { loadOrigin } from '../../revisions/load-baseline.ts';
import { traceMapping } from '../../revisions/trace-mapping.ts';
import type { Reading } from '../ops-ledger.ts';
import { refusal } from '../transfers/refusals.ts';
import { transferKindZh } from '../words.ts';
import { MAPPING_WAYS } from './mapping.answer.ts';
import type { MappingAnswer } from './mapping.answer.ts';

/** Which field of a transfer comes from which. @throws OpsProblem `transfer-unknown` */
export async function readMapping(trx: Reading, id: string, keys: KeyRing): Promise<MappingAnswer> {
  const row = await findEditable(trx, id);
  if (row === undefined) throw refusal({ kind: 'refused', code: 'transfer-unknown', facts: null, problems: [] });
  const edited = new Set(carriedEdits(await listRevisions(trx, id)).flatMap((one) => one.changed_paths.map((path) => listPath(path))));
  const fields = traceMapping(await loadOrigin(trx, row, keys));
  return {
    transferId: id, transferKindZh: transferKindZh(row.kind), translatable: fields !== null,
    fields: (fields ?? []).map((field) => ({ ...field, sources: [...field.sources], wayZh: MAPPING_WAYS[field.way], edited: edited.has(field.target) })),
  };
}
