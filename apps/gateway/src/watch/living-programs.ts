import { APPS } from '#contracts';
import type { AppName, Destination } from '#contracts';
import type { CircuitRow, EdgeInstanceRow } from '../ledger/edge-rows.ts';

type Program = Pick<EdgeInstanceRow, 'app' | 'instance' | 'seen_at' | 'first_seen_at' | 'stopped_at'>;

/** Programs that overlap for so long (ms) are an old one and the one started in its place. */
const HANDOVER_MS = 20_000;

/** Those heard after `since` that have not said since that they stop. */
export function livingAfter<P extends Program>(programs: readonly P[], since: Date): P[] {
  return programs.filter(({ seen_at, stopped_at }) => seen_at >= since && stopped_at === null);
}

/** Programs of one app that fell silent without a word, and in whose place none was started. One that said that it stops is not missed. */
export function lostPrograms<P extends Program>(programs: readonly P[], living: readonly P[]): P[] {
  return unreplaced(programs, living).filter(({ stopped_at }) => stopped_at === null);
}

/**
 * Silent programs of one app in whose place none was started. Every start makes a new instance, so each silent one is paired with the
 * first program that began when it ended; one program replaces one other. What is left over went away for good.
 */
function unreplaced<P extends Program>(programs: readonly P[], living: readonly P[]): P[] {
  const successors = programs.toSorted((one, other) => one.first_seen_at.getTime() - other.first_seen_at.getTime());
  const silent = programs.filter((program) => !living.includes(program)).toSorted((one, other) => one.seen_at.getTime() - other.seen_at.getTime());
  return silent.filter((program) => {
    const place = successors.findIndex((other) => other !== program && other.first_seen_at.getTime() > program.seen_at.getTime() - HANDOVER_MS
      && other.first_seen_at > program.first_seen_at);
    if (place >= 0) successors.splice(place, 1);
    return place < 0;
  });
}

/**
 * Silent programs of every app whose last word still counts. While nobody could be heard, that is all of them: a report of a successor may
 * be on its way. The word of one that was stopped counts as long as no other of its app is there to speak.
 */
export function lastWords<P extends Program>(programs: readonly P[], living: readonly P[], deaf: boolean): P[] {
  if (deaf) return programs.filter((program) => !living.includes(program));
  return APPS.flatMap((app) => {
    const ofApp = living.filter((program) => program.app === app);
    return (ofApp.length === 0 ? unreplaced : lostPrograms)(programs.filter((program) => program.app === app), ofApp);
  });
}

/** What decides how many consumers a queue should have. */
export interface ConsumedQueue {
  readonly consumer: AppName;
  readonly destination: Destination | null;
}

/**
 * How many consumers a queue should have: one for each living program of its app whose circuit lets orders through; a half-open one tries
 * what it has in hand and need not consume. At least one while no program says otherwise: a queue that nobody serves is what must be seen.
 */
export function expectedConsumers({ consumer, destination }: ConsumedQueue, living: readonly Program[], circuits: readonly CircuitRow[]): number {
  const programs = living.filter(({ app }) => app === consumer);
  if (destination === null) return Math.max(1, programs.length);
  const serving = circuits.filter((circuit) => circuit.destination === destination
    && programs.some(({ app, instance }) => app === circuit.app && instance === circuit.instance));
  return serving.length === 0 ? 1 : serving.filter(({ state }) => state === 'closed' || state === 'slow-start').length;
}
