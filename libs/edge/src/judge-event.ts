import { transferIdOf, validateEvent, type JiujinEvent, type Party } from '#contracts';
import { checkAuthority } from './check-authority.ts';
import { digestEvent } from './digest-event.ts';
import { DoorError } from './door-error.ts';
import { requireCloudEvent } from './parse-events.ts';

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
    requireCloudEvent(value);
    checkAuthority(sender, value);
    const event = requireContract(value);
    return {
      value,
      passing: {
        event,
        digest: digestEvent(value),
        traceparent: event.traceparent ?? requestTrace,
        transferId: transferIdOf(event.source, event.id, to),
      },
    };
  } catch (error) {
    if (error instanceof DoorError) return { value, refused: error };
    throw error;
  }
}

function requireContract(value: Record<string, unknown>): JiujinEvent {
  const result = validateEvent(value);
  if (result.ok) return result.event;
  throw new DoorError('contract-broken', {
    en: `${result.problems.length} field(s) break the contract`,
    zh: `有 ${result.problems.length} 处字段不符合契约`,
    problems: result.problems,
  });
}
