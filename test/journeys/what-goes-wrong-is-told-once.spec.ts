import { describe, expect, it } from '@jest/globals';
import { until } from '#test';
import { withBridge } from './running-bridge.fixture.ts';

const within = 60_000;

/** A watch that is quick, but slower than the adapters report (every 5 s), also on a machine that stalls for seconds. */
const QUICK = { SWEEP_INTERVAL_MS: '500', WATCH_SETTLE_MS: '12000', PROGRAM_SILENT_MS: '12000', CIRCUIT_ALERT_MS: '0', RETRY_BASE_MS: '200', RETRY_CAP_MS: '2000' };

interface Alert { readonly condition: string; readonly subject: string; readonly open: boolean; readonly detailZh: string }

describe('what goes wrong with the bridge', () => {
  const bridge = withBridge({ seed: 31, env: { gateway: QUICK, 'centre-adapter': { DELIVERY_CONNECTIONS: '1', CIRCUIT_FAILURES: '4' } } });

  const alerts = async (): Promise<Alert[]> => (await bridge.ops<{ items: Alert[] }>('/api/alerts?limit=200')).items;
  const open = async (): Promise<string[]> => (await alerts()).filter((alert) => alert.open).map(({ condition, subject }) => `${condition} ${subject}`).sort();

  it('is nothing while all programs work', async () => {
    await bridge.begin({ cases: 5 });
    await bridge.finished();
    const { items } = await until(async () => {
      const queues = await bridge.ops<{ items: { queue: string; consumersPresent: number; consumersExpected: number }[] }>('/api/queues');
      return queues.items.every((queue) => queue.consumersPresent === queue.consumersExpected) ? queues : null;
    }, { within, what: 'as many consumers as are expected' });
    expect(items.length).toBeGreaterThan(10);
    const programs = await bridge.ops<{ items: { app: string; living: boolean }[] }>('/api/edge-instances');
    expect(programs.items.filter(({ living }) => living).map(({ app }) => app)).toEqual(['centre-adapter', 'district-adapter', 'gateway']);
    expect(await alerts()).toEqual([]);
  }, 4 * within);

  it('is told once when an adapter dies, and is over when it is back', async () => {
    await bridge.kill('centre-adapter');
    const expected = ['consumer-missing centre-adapter.work-items', 'program-silent centre-adapter'];
    await until(async () => {
      const now = await open();
      return expected.every((one) => now.includes(one));
    }, { within, what: 'the alerts of the silent program and its queue' });
    await bridge.launch('centre-adapter');
    await until(async () => (await open()).length === 0, { within, what: 'the end of the alerts' });
    const told = (await alerts()).map(({ condition, subject }) => `${condition} ${subject}`);
    expect(new Set(told).size).toBe(told.length);
  }, 4 * within);

  it('is told once when the centre is down, and not against the queue that waits for it', async () => {
    const before = (await alerts()).length;
    await bridge.disturb('centre', { statusRatio: 1, status: 503 });
    await bridge.begin({ cases: 10 });
    await until(async () => (await open()).includes('circuit-open centre'), { within, what: 'the alert of the circuit' });
    expect((await alerts()).find(({ condition }) => condition === 'circuit-open')?.detailZh).toMatch(/市住房公积金管理中心.*http-5/);
    const { items: [circuit] } = await bridge.ops<{ items: { destination: string; to: string }[] }>('/api/circuit-changes');
    expect(circuit).toMatchObject({ destination: 'centre' });
    await bridge.disturb('centre', {});
    await bridge.finished();
    await until(async () => (await open()).length === 0, { within, what: 'the end of the alert' });
    expect((await alerts()).length).toBe(before + 1);
    expect(await bridge.check()).toMatchObject({ ok: true, lost: 0, duplicated: 0, findings: [] });
  }, 4 * within);
});
