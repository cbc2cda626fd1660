import type { Destination } from '../wire/transfer-order.ts';
import { CompletionUpdate } from '../wire/completion-update.ts';
import type { FieldProblem } from '../wire/door-refusal.ts';
import { WorkItem } from '../wire/work-item.ts';
import { checkShape } from './check-shape.ts';
import { MAX_PROBLEMS } from './validate-event.ts';

/** What of a transfer's payload breaks today's contract: every field, by its path and rule, never its value. Nothing when it is sound. */
export function payloadProblems(destination: Destination, payload: unknown): FieldProblem[] {
  return checkShape(destination === 'centre' ? WorkItem : CompletionUpdate, payload, '').slice(0, MAX_PROBLEMS);
}
