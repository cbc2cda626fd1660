import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../local/until.ts';
import type { BridgeContestant } from '../contestants/contestant.ts';
import { ask1, MADE_FAILURE } from '../contestants/grounds.ts';
import { Load } from '../load.ts';
import { residentMiB } from '../memory-watch.ts';
import { batchesOf, CONNECTIONS, latencyRound, numbersOf, rest } from '../rounds.ts';
import type { Payloads } from '../payloads.ts';
import type { Sink } from '../sink.ts';
import { quantile, rounded } from '../statistics.ts';
import { beTwoPeople, type OpsPerson } from './ops-people.ts';

const CHUNK = 5_000;
const REQUESTS_AT_ONCE = 4;
const RECORDED_MS = 900_000;
const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** Cases received evenly, before and during the replay: what people at the windows do meanwhile. */
const LIVE_PER_SECOND = 50;
const LIVE_CHUNK_SECONDS = 5;
/** As fast as an operator may ask for. What goes to the endpoint at once stays at the product's own default. */
const RATE_PER_SECOND = 500;

/** What `--only replay --json` ends with. */
export interface ReplayFigures {
  readonly replayed: number;
  /** Deliveries of a case that had been delivered already. */
  readonly sentTwice: number;
  readonly skipped: number;
  /** From the start of the operation to its end. */
  readonly seconds: number;
  /** Of cases received evenly at the same rate before and during the replay, from the moment they were due to their delivery. */
  readonly liveP99IdleMs: number;
  readonly liveP99DuringMs: number;
  /** Of any program, during the replay. */
  readonly maxRssMiB: number;
}

interface Scene {
  readonly bridge: BridgeContestant;
  readonly sink: Sink;
  readonly payloads: Payloads;
}

/** One operation that replays so many transfers which the centre refused, while cases go on being received. Throws when a case is lost, or the operation does not complete. */
export async function measureReplay(scene: Scene, failed: number, seconds: number): Promise<ReplayFigures> {
  const { bridge, sink, payloads } = scene;
  const [operator, supervisor] = await beTwoPeople(bridge);
  const idle = await latencyRound({ contestant: bridge, sink, payloads }, LIVE_PER_SECOND, seconds);
  const numbers = await makeFailures(scene, failed);
  sink.expect({ centre: numbers });
  const id = await prepare(operator, supervisor);
  const begun = performance.now();
  await operator.post(`/api/operations/${id}/start`, { reason: 'measured replay', confirmCount: failed });
  const live = await liveUntilOver(scene, operator, id);
  await sink.complete(PATIENCE_MS);
  await rest(bridge);
  const { status, startedAt, finishedAt, progress } = await operator.operation(id);
  if (status !== 'completed') throw new Error(`the replay ended as ${status} after ${Math.round((performance.now() - begun) / 1000)} s`);
  return {
    replayed: progress.delivered, sentTwice: sink.centre.doubled, skipped: progress.skipped,
    seconds: rounded((Date.parse(finishedAt ?? '') - Date.parse(startedAt ?? '')) / 1000),
    liveP99IdleMs: rounded(idle.p99), liveP99DuringMs: rounded(live.p99), maxRssMiB: live.maxRssMiB,
  };
}

/** So many cases whose work item the centre refuses for good. */
async function makeFailures({ bridge, sink, payloads }: Scene, count: number): Promise<string[]> {
  const numbers: string[] = [];
  sink.centre.refusing = true;
  try {
    for (let left = count; left > 0; left -= CHUNK) {
      const receipts = payloads.receipts(Math.min(CHUNK, left));
      numbers.push(...numbersOf(receipts));
      const load = new Load(bridge.doors.hall, REQUESTS_AT_ONCE);
      await load.saturate(batchesOf(receipts).map((batch) => bridge.batch(batch)), REQUESTS_AT_ONCE);
      await load.close();
    }
    const failed = `select count(*) as value from transfers where status = 'failed' and error_code = '${MADE_FAILURE}'`;
    await until(async () => (await ask1(bridge.database, failed)) >= count, { within: RECORDED_MS, every: 500, what: 'the refused cases as failures in the ledger' });
  } finally {
    sink.centre.refusing = false;
  }
  await rest(bridge);
  return numbers;
}

/** The operation, frozen, examined and approved. */
async function prepare(operator: OpsPerson, supervisor: OpsPerson): Promise<string> {
  const { operationId } = await operator.post<{ operationId: string }>('/api/operations', {
    kind: 'replay', selection: { filter: { destination: 'centre', errorCode: MADE_FAILURE } }, reason: 'measured replay', ratePerSecond: RATE_PER_SECOND,
  });
  const waiting = new Set(['freezing', 'preflight']);
  await until(async () => !waiting.has((await operator.operation(operationId)).status), { within: RECORDED_MS, every: 500, what: 'the operation frozen and examined' });
  if ((await operator.operation(operationId)).status === 'awaiting-approval') await supervisor.post(`/api/operations/${operationId}/approve`, { reason: 'measured replay' });
  return operationId;
}

/** Receives cases evenly until the operation is over. */
async function liveUntilOver({ bridge, sink, payloads }: Scene, operator: OpsPerson, id: string): Promise<{ p99: number; maxRssMiB: number }> {
  const load = new Load(bridge.doors.hall, CONNECTIONS);
  let maxRssMiB = 0;
  const over = { yet: false };
  const watching = (async (): Promise<void> => {
    while (!over.yet) {
      maxRssMiB = Math.max(maxRssMiB, ...Object.values(residentMiB(bridge.programs)));
      over.yet = ['completed', 'aborted', 'cancelled'].includes((await operator.operation(id)).status);
      await pause(LOOK_EVERY_MS);
    }
  })();
  while (!over.yet) {
    const receipts = payloads.receipts(LIVE_PER_SECOND * LIVE_CHUNK_SECONDS);
    sink.centre.expectAlso(numbersOf(receipts));
    await load.atRate(receipts.map((payload) => bridge.single([payload])), LIVE_PER_SECOND);
  }
  await watching;
  await sink.complete(PATIENCE_MS);
  const all = [...load.dueAt].map(([projectNo, at]) => (sink.centre.arrivedAt.get(projectNo) ?? Infinity) - at);
  await load.close();
  return { p99: quantile(all, 0.99), maxRssMiB };
}
