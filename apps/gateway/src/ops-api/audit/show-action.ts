import type { EvidenceEntry } from '#evidence';
import { beijingTime } from '../beijing-time.ts';
import { scrubbed } from '../personal-numbers.ts';
import type { ActionRow } from '../queries/list-actions.ts';
import type { ActionAnswer } from './action.answer.ts';
import { actionZh, resultZh, subjectKindZh } from './action-words.ts';

/** A record as it is shown. What the text of the chain says counts, not the columns made from it. */
export function showAction(row: ActionRow): ActionAnswer {
  const { seq, at, actor, actorName, address, action, subjectKind, subject, reason, result, facts } = JSON.parse(row.entry) as EvidenceEntry;
  return {
    seq, at: beijingTime(new Date(at)), actor, actorName, address, action, actionZh: actionZh(action),
    subjectKind, subjectKindZh: subjectKindZh(subjectKind), subject, reason: scrubbed(reason), result, resultZh: resultZh(result), facts,
  };
}
