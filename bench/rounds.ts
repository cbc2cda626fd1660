import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../local/until.ts';
import type { Contestant } from './contestants/contestant.ts';
import { Load, type Shot } from './load.ts';
import type { Payload, Payloads } from './payloads.ts';
import type { Sink } from './sink.ts';

export const CONNECTIONS = 50;
export const BATCH_SIZE = 100;
const PATIENCE_MS = 30_000;
const REST_MS = 60_000;

/** Everything a round needs. */
export interface Field {
  readonly contestant: Contestant;
  readonly sink: Sink;
  readonly payloads: Payloads;
}

export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** Transfers per second with single-event requests at saturation: from the first request to the last delivery. */
export async function singleRound(field: Field, count: number): Promise<number> {
  return throughput(field, count, field.payloads.receipts(count).map((payload) => field.contestant.single([payload])));
}

/** The same with a hundred events in a request, each request of one hall. */
export async function batchRound(field: Field, count: number): Promise<number> {
  return throughput(field, count, batchesOf(field.payloads.receipts(count)).map((payloads) => field.contestant.batch(payloads)));
}

/** Transfers per second of both directions at once: each work item that arrives is answered with an acceptance, which must reach the hall. */
export async function bothRound({ contestant, sink, payloads }: Field, count: number): Promise<number> {
  const shots = payloads.receipts(count).map((payload) => contestant.single([payload]));
  const [intake, outcomes] = [new Load(contestant.doors.hall, CONNECTIONS), new Load(contestant.doors.centre, CONNECTIONS)];
  const answers: Promise<void>[] = [];
  sink.forget();
  sink.onWorkItem = (projectNo) => { answers.push(outcomes.send(contestant.single([payloads.acceptance(projectNo)]))); };
  const begun = performance.now();
  await intake.saturate(shots, CONNECTIONS);
  await sink.reached(count, count, PATIENCE_MS);
  const seconds = (performance.now() - begun) / 1000;
  sink.onWorkItem = null;
  await Promise.all(answers);
  await Promise.all([intake.close(), outcomes.close()]);
  await rest(contestant);
  return 2 * count / seconds;
}

/** Milliseconds from the begin of a request to the arrival at the other side, at an even rate. */
export async function latencyRound({ contestant, sink, payloads }: Field, perSecond: number, seconds: number): Promise<Latency> {
  const count = Math.round(perSecond * seconds);
  const shots = payloads.receipts(count).map((payload) => contestant.single([payload]));
  const load = new Load(contestant.doors.hall, CONNECTIONS);
  sink.forget();
  await load.atRate(shots, perSecond);
  await sink.reached(count, 0, PATIENCE_MS);
  const all = [...load.sentAt].map(([projectNo, at]) => (sink.workItems.get(projectNo) ?? Infinity) - at).sort((a, b) => a - b);
  await load.close();
  await rest(contestant);
  return { p50: quantile(all, 0.5), p99: quantile(all, 0.99) };
}

/** Waits until the contestant has settled all, then a moment more for what follows from it. */
export async function rest(contestant: Contestant): Promise<void> {
  await until(() => contestant.atRest(), { within: REST_MS, every: 100, what: `${contestant.name} at rest` });
  await pause(300);
}

async function throughput({ contestant, sink }: Field, count: number, shots: readonly Shot[]): Promise<number> {
  const load = new Load(contestant.doors.hall, CONNECTIONS);
  sink.forget();
  const begun = performance.now();
  await load.saturate(shots, CONNECTIONS);
  await sink.reached(count, 0, PATIENCE_MS);
  const seconds = (performance.now() - begun) / 1000;
  await load.close();
  await rest(contestant);
  return count / seconds;
}

function batchesOf(payloads: readonly Payload[]): Payload[][] {
  const byHall = Object.values(Object.groupBy(payloads, ({ target }) => target));
  return byHall.flatMap((ofHall = []) => Array.from({ length: Math.ceil(ofHall.length / BATCH_SIZE) }, (_, at) => ofHall.slice(at * BATCH_SIZE, (at + 1) * BATCH_SIZE)));
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
