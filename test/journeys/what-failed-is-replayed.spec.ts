import { beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { until } from '#test';
import { Operator, type Operation } from './operator.fixture.ts';
import { withBridge } from './running-bridge.fixture.ts';

const CASES = 40;
const within = 60_000;
const RUN_MS = 240_000;
const WHY = { reason: '中心接口配置已更正，重新投递' };

/** Killed programs are missed soon. */
const SOON = { RECEIPT_PATIENCE_MS: '2000', SWEEP_INTERVAL_MS: '500', OPERATION_LEASE_MS: '2000' };

interface Failed { readonly items: readonly { readonly transferId: string; readonly errorCode: string }[] }

describe('what the centre refused while it was set up wrongly', () => {
  const bridge = withBridge({ seed: 41, env: { gateway: SOON } });
  let operator: Operator;
  let failed: readonly string[] = [];

  beforeAll(async () => {
    operator = await Operator.create(bridge.servers.database, () => bridge.url('gateway'), ['see-metadata', 'replay']);
  });

  const show = (id: string): Promise<Operation> => operator.get(`/api/operations/${id}`);

  it('fails at once, and waits for a person', async () => {
    await bridge.disturb('centre', { statusRatio: 1, status: 400 });
    await bridge.begin({ cases: CASES });
    await until(async () => {
      const { items } = await operator.get<Failed>('/api/transfers?status=failed&limit=200');
      failed = items.map(({ transferId }) => transferId);
      return items.length >= CASES;
    }, { within, what: 'the failures' });
    expect((await bridge.record('centre')).filter(({ k }) => k === 'effect')).toEqual([]);
  }, RUN_MS);

  it('is replayed by one operation once it is mended, each applied exactly once, though the gateway is killed in the middle', async () => {
    await bridge.disturb('centre', {});
    const { operationId: id } = await operator.post<Operation>('/api/operations', {
      kind: 'replay', selection: { filter: { status: 'failed', destination: 'centre', errorCode: 'http-400' } }, ratePerSecond: 4, ladder: [1, 5], maxInFlight: 8, ...WHY,
    }, { 'idempotency-key': 'mended' });
    await until(async () => (await show(id)).status === 'ready', { within, what: 'the preflight' });
    const { preflight } = await show(id);
    expect(preflight.toSend).toBe(failed.length);
    await operator.post(`/api/operations/${id}/start`, { ...WHY, confirmCount: preflight.toSend });
    await until(async () => (await show(id)).progress.sent >= CASES / 4, { within, what: 'the middle of the operation' });
    await bridge.kill('gateway');
    const atTheKill = await sentOf(bridge.servers.database, id);
    await bridge.launch('gateway');
    // Killed too late, the run would prove nothing.
    expect(atTheKill).toBeLessThan(failed.length);
    await until(async () => (await show(id)).finishedAt !== null, { within, what: 'the end of the operation' });
    expect(await show(id)).toMatchObject({ status: 'completed', progress: { sent: failed.length, delivered: failed.length, failed: 0, skipped: 0 } });

    await bridge.finished();
    const effects = (await bridge.record('centre')).filter(({ k }) => k === 'effect').map((line) => (line as unknown as { readonly key: string }).key);
    expect(failed.map((transfer) => effects.filter((key) => key === transfer).length)).toEqual(failed.map(() => 1));
    expect(await bridge.check()).toMatchObject({ ok: true, cases: CASES, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, stuckCount: 0, failed: 0, findings: [] });
  }, RUN_MS);
});

/** How much an operation has sent, by the ledger: for the time in which no gateway answers. */
async function sentOf(databaseUrl: string, id: string): Promise<number> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ sent: number }>('select sent from operations where id = $1', [id]);
    return rows[0]?.sent ?? 0;
  } finally {
    await client.end();
  }
}
