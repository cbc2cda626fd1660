import type { ArrivedEvent } from './arrived-event.ts';
import { eventKey } from './arrived-event.ts';

/** The inbox's row of an event. */
export interface KnownEvent {
  readonly seq: number;
  readonly digest: string;
  readonly door_at: Date;
}

/** An event that came again: suppressed, and an alarm when it says something else this time. */
export interface Duplicate {
  readonly arrived: ArrivedEvent;
  readonly first: ArrivedEvent | KnownEvent;
  readonly sameBody: boolean;
  /** It is the first coming once more, and nobody sent anything twice: its message was handed out again, or published again by the bridge. */
  readonly echo: boolean;
}

/** Tells what is new from what the inbox, or the batch itself, has seen before. */
export function findDuplicates(arrivals: readonly ArrivedEvent[], known: ReadonlyMap<string, KnownEvent>): { fresh: ArrivedEvent[]; duplicates: Duplicate[] } {
  const seen = new Map<string, ArrivedEvent | KnownEvent>(known);
  const fresh: ArrivedEvent[] = [];
  const duplicates: Duplicate[] = [];
  for (const arrived of arrivals) {
    const key = eventKey(arrived.event);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, arrived);
      fresh.push(arrived);
    } else {
      const sameBody = first.digest === arrived.digest;
      duplicates.push({ arrived, first, sameBody, echo: sameBody && isEcho(arrived, first) });
    }
  }
  return { fresh, duplicates };
}

/** The door gives each sending a time of its own, so the very same message is known by it. */
function isEcho(arrived: ArrivedEvent, first: ArrivedEvent | KnownEvent): boolean {
  if (arrived.republished) return true;
  return arrived.again && 'seq' in first && first.door_at.getTime() === Date.parse(arrived.doorAt);
}
