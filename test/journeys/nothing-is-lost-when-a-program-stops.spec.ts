import { describe, expect, it } from '@jest/globals';
import { until } from '#test';
import { withBridge } from './running-bridge.fixture.ts';

const CASES = 60;
/** Begun so slowly that the run is not over before the kill, also on a machine that stalls in between. */
const PER_SECOND = 12;
const RUN_MS = 240_000;

/** A message that a killed program had taken out of the ledger but not brought to its end is looked for soon. */
const SOON = { RECEIPT_PATIENCE_MS: '2000', SWEEP_INTERVAL_MS: '500', RETRY_BASE_MS: '200', RETRY_MARGIN_MS: '1000' };

describe('a program that is killed in the middle of a run and started again', () => {
  const bridge = withBridge({ seed: 21, env: { gateway: SOON } });
  let cases = 0;

  it.each(['gateway', 'district-adapter', 'centre-adapter'] as const)('%s: every case comes to its end, nothing is lost, doubled or out of order', async (name) => {
    const before = await bridge.ended();
    await bridge.begin({ cases: CASES, rate: PER_SECOND });
    cases += CASES;
    await until(async () => (await bridge.ended()) >= before + 10, { within: 60_000, what: 'the middle of the run' });
    await bridge.kill(name);
    const atTheKill = await bridge.ended();
    await bridge.launch(name);
    await bridge.finished();

    // Killed too late, the run would prove nothing.
    expect(atTheKill).toBeLessThan(before + CASES);
    expect(await bridge.check()).toMatchObject({ ok: true, cases, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, stuckCount: 0, failed: 0, findings: [] });
  }, RUN_MS);
});
