import { transferIdOf, validateEvent, writeEvent, type FieldProblem, type JiujinEvent, type Party } from '#contracts';
import { causesTransfer } from './causes-transfer.ts';
import { checkAuthority } from './check-authority.ts';
import { DoorError } from './door-error.ts';
import { momentsAhead } from './refuse-future.ts';

/** An event that may pass: what is published, and what its sender is told. */
export interface PassingEvent {
  readonly event: JiujinEvent;
  /** SHA-256 (hex) of its canonical text. */
  readonly digest: string;
  /** The event as canonical JSON, which is what travels. */
  readonly bytes: Buffer;
  readonly traceparent: string;
  /** The transfer it may cause; `null` when no event of its kind ever causes one, such as a grant of permission or a paper movement. */
  readonly transferId: string | null;
}

/** In what light the events of one request are judged. */
export interface Circumstances {
  readonly sender: Party;
  /** Towards whom the transfers go that these events cause. */
  readonly to: 'centre' | 'hall';
  /** The traceparent of the request, for events without their own. */
  readonly trace: string;
  /** The door's clock, in milliseconds since 1970. */
  readonly now: number;
}

/** What became of one event at the door. `value` is what was sent, for the report of a refusal. */
export type Verdict = { readonly value: unknown; readonly passing: PassingEvent } | { readonly value: unknown; readonly refused: DoorError };

/** Judges one event by itself: form, authority, contract, and whether it can have happened yet. */
export function judgeEvent(value: unknown, { sender, to, trace, now }: Circumstances): Verdict {
  try {
    const event = requireSound(value, sender, now);
    return {
      value,
      passing: {
        event,
        ...writeEvent(event),
        traceparent: event.traceparent ?? trace,
        transferId: causesTransfer(event.type, sender, to) ? transferIdOf(event.source, event.id, to) : null,
      },
    };
  } catch (error) {
    if (error instanceof DoorError) return { value, refused: error };
    throw error;
  }
}

/** Authority comes before the contract: who may not say a thing is not told how to say it well. */
function requireSound(value: unknown, sender: Party, now: number): JiujinEvent {
  const result = validateEvent(value, { party: sender });
  if (!result.ok && result.kind === 'not-a-cloudevent') throw new DoorError('not-a-cloudevent', { problems: result.problems });
  checkAuthority(sender, value as { source: unknown; type: unknown });
  if (!result.ok) throw contractBroken(result.problems);
  const ahead = momentsAhead(result.event, now);
  if (ahead.length > 0) throw contractBroken(ahead);
  return result.event;
}

function contractBroken(problems: readonly FieldProblem[]): DoorError {
  return new DoorError('contract-broken', {
    en: `${problems.length} field(s) break the contract`,
    zh: `有 ${problems.length} 处字段不符合契约`,
    problems,
  });
}
