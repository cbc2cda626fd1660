import type { ArrivedEvent } from './arrived-event.ts';
import { eventKey } from './arrived-event.ts';

/** The inbox's row of an event. */
export interface KnownEvent {
  readonly seq: number;
  readonly digest: string;
}

/** An event that came again: suppressed, and an alarm when it says something else this time. */
export interface Duplicate {
  readonly arrived: ArrivedEvent;
  readonly first: ArrivedEvent | KnownEvent;
  readonly sameBody: boolean;
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
      duplicates.push({ arrived, first, sameBody: first.digest === arrived.digest });
    }
  }
  return { fresh, duplicates };
}
