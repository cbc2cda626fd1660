import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../local/until.ts';
import type { Contestant } from './contestants/contestant.ts';
import { Load, type Shot } from './load.ts';
import type { Payload, Payloads } from './payloads.ts';
import type { Sink } from './sink.ts';
import { quantile } from './statistics.ts';

export const CONNECTIONS = 50;
const BATCH_SIZE = 100;
const PATIENCE_MS = 30_000;
const REST_MS = 180_000;

/** Everything a round needs. */
export interface Field {
  readonly contestant: Contestant;
  readonly sink: Sink;
  readonly payloads: Payloads;
}

/** In milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Transfers per second with single-event requests at saturation: from the first request to the last delivery. Throws when a case is lost. */
export async function singleRound(field: Field, count: number): Promise<number> {
  const receipts = field.payloads.receipts(count);
  return throughput(field, receipts, receipts.map((payload) => field.contestant.single([payload])));
}

/** The same with a hundred events in a request, each request of one hall. */
export async function batchRound(field: Field, count: number): Promise<number> {
  const receipts = field.payloads.receipts(count);
  return throughput(field, receipts, batchesOf(receipts).map((payloads) => field.contestant.batch(payloads)));
}

/** Transfers per second of both directions at once: each work item that arrives is answered with an acceptance, which must reach the hall. */
export async function bothRound({ contestant, sink, payloads }: Field, count: number): Promise<number> {
  const receipts = payloads.receipts(count);
  const shots = receipts.map((payload) => contestant.single([payload]));
  const [intake, outcomes] = [new Load(contestant.doors.hall, CONNECTIONS), new Load(contestant.doors.centre, CONNECTIONS)];
  const answers: Promise<void>[] = [];
  sink.expect({ centre: numbersOf(receipts), halls: numbersOf(receipts) });
  sink.centre.onArrival = (projectNo) => { answers.push(outcomes.send(contestant.single([payloads.acceptance(projectNo)]))); };
  const begun = performance.now();
  try {
    await intake.saturate(shots, CONNECTIONS);
    await sink.complete(PATIENCE_MS);
  } finally {
    sink.centre.onArrival = null;
  }
  const seconds = (performance.now() - begun) / 1000;
  await Promise.all(answers);
  await Promise.all([intake.close(), outcomes.close()]);
  await rest(contestant);
  return 2 * count / seconds;
}

/** Milliseconds from the moment a request was due to the arrival at the other side, at an even rate. */
export async function latencyRound({ contestant, sink, payloads }: Field, perSecond: number, seconds: number): Promise<Latency> {
  const receipts = payloads.receipts(Math.max(1, Math.round(perSecond * seconds)));
  const shots = receipts.map((payload) => contestant.single([payload]));
  const load = new Load(contestant.doors.hall, CONNECTIONS);
  sink.expect({ centre: numbersOf(receipts) });
  await load.atRate(shots, perSecond);
  await sink.complete(PATIENCE_MS);
  const all = [...load.dueAt].map(([projectNo, at]) => (sink.centre.arrivedAt.get(projectNo) ?? Infinity) - at);
  await load.close();
  await rest(contestant);
  return { p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
}

/** Waits until the contestant has settled all, then a moment more for what follows from it. */
export async function rest(contestant: Contestant): Promise<void> {
  await until(async () => (await contestant.unsettled()) === 0, { within: REST_MS, every: 100, what: `${contestant.name} at rest` });
  await pause(300);
}

export function numbersOf(payloads: readonly Payload[]): string[] {
  return payloads.map(({ projectNo }) => projectNo);
}

/** Requests of up to a hundred events, each of one hall: a hall sends only its own. */
export function batchesOf(payloads: readonly Payload[]): Payload[][] {
  const byHall = Object.values(Object.groupBy(payloads, ({ target }) => target));
  return byHall.flatMap((ofHall = []) => Array.from({ length: Math.ceil(ofHall.length / BATCH_SIZE) }, (_, at) => ofHall.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE)));
}

async function throughput({ contestant, sink }: Field, payloads: readonly Payload[], shots: readonly Shot[]): Promise<number> {
  const load = new Load(contestant.doors.hall, CONNECTIONS);
  sink.expect({ centre: numbersOf(payloads) });
  const begun = performance.now();
  await load.saturate(shots, CONNECTIONS);
  await sink.complete(PATIENCE_MS);
  const seconds = (performance.now() - begun) / 1000;
  await load.close();
  await rest(contestant);
  return payloads.length / seconds;
}
