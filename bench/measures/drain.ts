import { until } from '../../local/until.ts';
import type { BridgeContestant } from '../contestants/contestant.ts';
import { Load } from '../load.ts';
import { residentMiB } from '../memory-watch.ts';
import { batchesOf, numbersOf, rest } from '../rounds.ts';
import type { Payload, Payloads } from '../payloads.ts';
import type { Sink } from '../sink.ts';

const CHUNK = 5_000;
const REQUESTS_AT_ONCE = 4;
const RECORDED_MS = 600_000;
/** A centre that was away is asked again after up to half a minute. */
const PATIENCE_MS = 60_000;

/** How a backlog left when the centre was back. */
export interface Drain {
  /** Deliveries per second from the first after the outage to the last. */
  readonly perSecond: number;
  /** Milliseconds from the centre's return to the first delivery: how soon that was noticed. */
  readonly noticedMs: number;
  /** Deliveries of what had been delivered: harmless at a receiver that keeps to the idempotency key, but work. */
  readonly doubled: number;
  /** Resident memory of each program in MiB, before the outage, with all waiting, and after. */
  readonly residentMiB: { readonly before: Record<string, number>; readonly waiting: Record<string, number>; readonly after: Record<string, number> };
}

/** Refuses every connection to the centre while `backlog` cases are received, then lets it come back and waits for all of them. */
export async function measureDrain(bridge: BridgeContestant, sink: Sink, payloads: Payloads, backlog: number): Promise<Drain> {
  const before = residentMiB(bridge.programs);
  sink.centre.down();
  const numbers: string[] = [];
  try {
    for (let left = backlog; left > 0; left -= CHUNK) {
      const receipts = payloads.receipts(Math.min(CHUNK, left));
      numbers.push(...numbersOf(receipts));
      await receive(bridge, receipts);
    }
    await until(async () => (await bridge.unsettled()) >= backlog, { within: RECORDED_MS, every: 500, what: 'the backlog in the ledger' });
  } finally {
    sink.expect({ centre: numbers });
    await sink.centre.up();
  }
  const waiting = residentMiB(bridge.programs);
  const back = performance.now();
  await sink.complete(PATIENCE_MS);
  const arrivals = [...sink.centre.arrivedAt.values()];
  const [first = back, last = back] = [arrivals[0], arrivals.at(-1)];
  await rest(bridge);
  return {
    perSecond: (backlog - 1) * 1000 / (last - first), noticedMs: first - back, doubled: sink.centre.doubled,
    residentMiB: { before, waiting, after: residentMiB(bridge.programs) },
  };
}

async function receive(bridge: BridgeContestant, receipts: readonly Payload[]): Promise<void> {
  const load = new Load(bridge.doors.hall, REQUESTS_AT_ONCE);
  await load.saturate(batchesOf(receipts).map((batch) => bridge.batch(batch)), REQUESTS_AT_ONCE);
  await load.close();
}
