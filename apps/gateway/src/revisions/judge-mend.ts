import { fieldsByPath, formOf, valueAt } from '#contracts';
import type { CompletionUpdate, WorkItem } from '#contracts';
import type { Translated } from '../hall-to-centre/untranslatable.ts';
import type { Editable, RevisionRow } from '../ledger/revision-rows.ts';
import type { MendProblem } from '../ledger/revision-tables.ts';
import { carriedEdits } from './carried-edits.ts';
import { soundnessProblems } from './judge-edit.ts';
import { payloadDigest } from './payload-digest.ts';
import { differingPaths } from './payload-leaves.ts';

type Payload = WorkItem | CompletionUpdate;

/** What a hall's correction makes of what was returned to it: a payload and the fields that it changes, or why it is not to go. */
export type Mend =
  | { readonly kind: 'mended'; readonly payload: Payload; readonly paths: readonly string[] }
  | { readonly kind: 'problem'; readonly problem: MendProblem; readonly fields: readonly string[] };

/**
 * Decides whether the payload made anew from a corrected case takes the place of the one that is carried. What is made anew knows nothing of
 * edits: where it would send money elsewhere than two people agreed on, neither it nor anything else goes before people have looked.
 */
export function judgeMend(
  { destination, kind }: Pick<Editable, 'destination' | 'kind'>, carried: Payload | null, anew: Translated<Payload>, revisions: readonly Pick<RevisionRow, 'cause' | 'changed_paths'>[],
): Mend {
  if (!anew.ok) return problem('not-translatable', [anew.field]);
  const { payload } = anew;
  const form = formOf(destination, kind);
  const broken = soundnessProblems(form, destination, payload);
  if (broken.length > 0) return problem('not-deliverable', broken.map(({ field }) => field));
  if (carried === null) return { kind: 'mended', payload, paths: [] };
  if (payloadDigest(carried) === payloadDigest(payload)) return problem('changes-nothing', []);
  const fields = fieldsByPath(form);
  const edited = new Set(carriedEdits(revisions).flatMap(({ changed_paths: paths }) => paths));
  const undone = [...edited].filter((path) => fields.get(path)?.money === true && valueAt(carried, path) !== valueAt(payload, path));
  return undone.length > 0 ? problem('edited-money-differs', undone) : { kind: 'mended', payload, paths: differingPaths(carried, payload) };
}

function problem(code: MendProblem, fields: readonly string[]): Mend {
  return { kind: 'problem', problem: code, fields: [...new Set(fields)] };
}
