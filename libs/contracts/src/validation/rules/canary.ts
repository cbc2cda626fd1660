import { CANARY_OPERATOR, isCanaryMixture } from '../../canary.ts';
import { kindOfParty } from '../../event-types.ts';
import type { Party } from '../../event-types.ts';
import type { FieldProblem } from '../../wire/door-refusal.ts';
import { isPlainObject } from '../check-shape.ts';
import { problem } from './rule.ts';

/**
 * A canary (拨测) is a canary in all its parts or in none: the attribute and the project number agree, and what a hall says of it is said
 * by the canary's own operator, who says nothing else.
 */
export function canaryProblems(event: Readonly<Record<string, unknown>>, party: Party): readonly FieldProblem[] {
  if (isCanaryMixture(event)) {
    return problem('canary', 'canary-number', '当且仅当办件编号以 CANARY- 开头时为 true（拨测）', 'is true exactly when the project number starts with CANARY-');
  }
  const operator = isPlainObject(event['data']) ? event['data']['operator'] : undefined;
  if (kindOfParty(party) !== 'hall' || !isPlainObject(operator)) return [];
  if ((operator['id'] === CANARY_OPERATOR) === (event['canary'] === true)) return [];
  return problem('data.operator.id', 'canary-operator', `拨测办件的办理人只能是 ${CANARY_OPERATOR}，其他办件不能是`, `is ${CANARY_OPERATOR} for a canary, and only for a canary`);
}
