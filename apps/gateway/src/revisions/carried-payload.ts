import type { CompletionUpdate, WorkItem } from '#contracts';
import type { KeyRing } from '#runtime';
import type { Editable } from '../ledger/revision-rows.ts';
import { openJson } from '../ledger/sealed-json.ts';

/** What a transfer carries; null when it could not be translated. Throws when its key is not on the ring. */
export function carriedPayload({ sealed, key_version: version }: Pick<Editable, 'sealed' | 'key_version'>, keys: KeyRing): WorkItem | CompletionUpdate | null {
  return sealed === null || version === null ? null : openJson<WorkItem | CompletionUpdate>(keys, { sealed, key_version: version });
}
