import { until } from '../../local/until.ts';
import type { BridgeContestant } from '../contestants/contestant.ts';
import { Load } from '../load.ts';
import type { MemoryWatch } from '../memory-watch.ts';
import type { Payloads } from '../payloads.ts';
import { numbersOf, rest } from '../rounds.ts';
import type { Sink } from '../sink.ts';

const WAITING = 20;
const PATIENCE_MS = 60_000;

/**
 * Milliseconds from the launch of all three programs to the first delivery of what waited, after all of them were killed: first the centre's
 * adapter, so that something waits in its queue, then the others. Throws when a case is lost.
 */
export async function measureRestart(bridge: BridgeContestant, sink: Sink, payloads: Payloads, memory: MemoryWatch): Promise<number> {
  memory.note(bridge.programs);
  const receipts = payloads.receipts(WAITING);
  sink.expect({ centre: numbersOf(receipts) });
  await kill(bridge, (name) => name === 'centre-adapter');
  const load = new Load(bridge.doors.hall, WAITING);
  await load.saturate(receipts.map((payload) => bridge.single([payload])), WAITING);
  await load.close();
  await until(async () => (await bridge.unsettled()) >= WAITING, { within: PATIENCE_MS, every: 50, what: 'the waiting cases in the ledger' });
  await kill(bridge, (name) => name !== 'centre-adapter');
  const begun = performance.now();
  await bridge.start();
  await sink.complete(PATIENCE_MS);
  const first = [...sink.centre.arrivedAt.values()][0] ?? Number.NaN;
  await rest(bridge);
  return first - begun;
}

/** As an accident would. */
async function kill({ programs }: BridgeContestant, which: (name: string) => boolean): Promise<void> {
  for (const { plan, pid, ended } of programs.filter(({ plan: { name } }) => which(name))) {
    if (pid === null) throw new Error(`${plan.name} does not run`);
    process.kill(pid, 'SIGKILL');
    await ended;
  }
}
