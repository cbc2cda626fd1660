import { setTimeout as pause } from 'node:timers/promises';

const UNAVAILABLE = 503;
const PATIENCE_MS = 60_000;
const AGAIN_MS = 250;

/** Asks again while the answer is 503, as the contract wants it: a server behind the bridge may stand still for seconds. The last answer, whatever it is. */
export async function comingAgain(ask: () => Promise<Response>): Promise<Response> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer.status !== UNAVAILABLE || performance.now() >= end) return answer;
    await answer.body?.cancel();
    await pause(AGAIN_MS);
  }
}
