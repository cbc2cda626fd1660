import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { premise, until } from '#test';
import pg from 'pg';
import { CHECKOUT } from '../../local/servers/profile.ts';
import { withBridge } from '../journeys/running-bridge.fixture.ts';

const RUN_MS = 400_000;
const DEATHS_MS = 240_000;
const CASES = 90;
const RATE = 3;
const PRELOAD = pathToFileURL(join(CHECKOUT, 'test/chaos/dies-in-between.ts')).href;
/** The moments at which the gateway dies, once at each: `dies-in-between.ts` says what each is. */
const MOMENTS = [
  'before-publish.centre', 'before-publish.hall', 'confirmed.centre', 'confirmed.hall',
  'before-ack.gateway.intake', 'before-ack.gateway.outcomes', 'before-ack.gateway.receipts',
];

describe('a gateway that is killed between two steps that belong together', () => {
  const folder = mkdtempSync(join(tmpdir(), 'jiujin-deaths-'));
  const gateway = { NODE_OPTIONS: `--import ${PRELOAD}`, DIES_IN: folder, RECEIPT_PATIENCE_MS: '4000', SWEEP_INTERVAL_MS: '500' };
  const bridge = withBridge({ seed: 12, env: { gateway } });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  const missing = (): string[] => MOMENTS.filter((moment) => !existsSync(join(folder, moment)));
  const isUp = (): Promise<boolean> => fetch(`${bridge.url('gateway')}/health/ready`, { signal: AbortSignal.timeout(5_000) }).then(({ ok }) => ok, () => false);

  it('finds what it had committed, orders what had not gone out, and makes no effect twice', async () => {
    await bridge.begin({ cases: CASES, rate: RATE });
    writeFileSync(join(folder, 'armed'), '');
    // A supervisor would do the same: whenever it is gone it is started again, and may die once more before it is ready.
    const goOn = async (): Promise<boolean> => {
      if (!await isUp()) await bridge.launch('gateway').catch(() => undefined);
      return isUp();
    };
    await until(async () => await goOn() && missing().length === 0, { within: DEATHS_MS, every: 100, what: 'a death at each moment' }).catch(() => undefined);
    premise(missing().length === 0, `no death at ${missing().join(', ')}`);
    await until(goOn, { within: DEATHS_MS, every: 100, what: 'a gateway after the last death' });
    await bridge.finished();
    const report = await bridge.check();
    expect(report).toMatchObject({ ok: true, cases: CASES, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, unexplained: 0, stuckCount: 0, failed: 0, unfinished: 0, findings: [] });
    expect(await transfers()).toEqual([{ status: 'delivered', count: report.transfers }]);
  }, RUN_MS);

  /** Those of real cases: what the records tell of must be all there is. */
  async function transfers(): Promise<object[]> {
    const client = new pg.Client({ connectionString: bridge.servers.database });
    await client.connect();
    const { rows } = await client.query<object>("SELECT status, count(*)::int FROM transfers WHERE project_no NOT LIKE 'CANARY-%' GROUP BY status");
    await client.end();
    return rows;
  }
});
