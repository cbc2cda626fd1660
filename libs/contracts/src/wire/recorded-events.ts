import { checkShape } from '../validation/check-shape.ts';
import { Texts } from '../validation/field-rules.ts';
import type { FieldProblem } from './door-refusal.ts';

/** How many events one acknowledgement may name. */
export const MAX_RECORDED_EVENTS = 1_000;

/**
 * What the gateway tells an adapter about its events: these are in the ledger now, applied, parked, refused, ignored, known before, or kept
 * as a dead letter. The adapter need not keep them any longer. An acknowledgement that gets lost costs one more harmless publish.
 */
export class RecordedEvents {
  /** `source#id`, the message ids under which the adapter published the events. */
  @Texts(0, MAX_RECORDED_EVENTS, 'message-id', /^[^\0]{1,200}$/, '应为 source#id', 'must be source#id')
  readonly messageIds!: readonly string[];
}

/** Every field of a received acknowledgement that breaks the contract; none: it is a {@link RecordedEvents}. */
export function recordedEventsProblems(body: unknown): FieldProblem[] {
  return checkShape(RecordedEvents, body, '').filter(({ rule }) => rule !== 'unknown-field');
}
