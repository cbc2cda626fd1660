import { transferIdOf, validateEvent, type FieldProblem, type JiujinEvent, type Party } from '#contracts';
import { checkAuthority } from './check-authority.ts';
import { digestEvent } from './digest-event.ts';
import { DoorError } from './door-error.ts';

/** An event that may pass: what is published, and what its sender is told. */
export interface PassingEvent {
  readonly event: JiujinEvent;
  readonly digest: string;
  readonly traceparent: string;
  readonly transferId: string;
}

/** What became of one event at the door. `value` is what was sent, for the report of a refusal. */
export type Verdict = { readonly value: unknown; readonly passing: PassingEvent } | { readonly value: unknown; readonly refused: DoorError };

/** Judges one event by itself: form, authority, contract. `requestTrace` is the traceparent of the request. */
export function judgeEvent(value: unknown, sender: Party, to: 'centre' | 'hall', requestTrace: string): Verdict {
  try {
    const event = requireSound(value, sender);
    return {
      value,
      passing: {
        event,
        digest: digestEvent(event),
        traceparent: event.traceparent ?? requestTrace,
        transferId: transferIdOf(event.source, event.id, to),
      },
    };
  } catch (error) {
    if (error instanceof DoorError) return { value, refused: error };
    throw error;
  }
}

/** Authority comes before the contract: who may not say a thing is not told how to say it well. */
function requireSound(value: unknown, sender: Party): JiujinEvent {
  const result = validateEvent(value, { party: sender });
  if (!result.ok && result.kind === 'not-a-cloudevent') throw new DoorError('not-a-cloudevent', { problems: result.problems });
  checkAuthority(sender, value as { source: unknown; type: unknown });
  if (!result.ok) throw contractBroken(result.problems);
  return result.event;
}

function contractBroken(problems: readonly FieldProblem[]): DoorError {
  return new DoorError('contract-broken', {
    en: `${problems.length} field(s) break the contract`,
    zh: `有 ${problems.length} 处字段不符合契约`,
    problems,
  });
}
