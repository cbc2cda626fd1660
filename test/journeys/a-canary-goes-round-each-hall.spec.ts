import { describe, expect, it } from '@jest/globals';
import { until } from '#test';
import { withBridge } from './running-bridge.fixture.ts';

interface Page<T> { readonly items: readonly T[] }
interface Listed { readonly projectNo: string; readonly hallCode: string; readonly status: string }
interface Alert { readonly subject: string; readonly open: boolean; readonly detailZh: string }

const HALLS = ['410202', '410203', '410204', '410205'];
const SUBJECTS = HALLS.map((code) => `hall:${code}`);
const RUN_MS = 240_000;
const OFTEN = {
  'district-adapter': { CANARY_INTERVAL_MS: '1000' },
  gateway: { CANARY_LATE_MS: '8000', SWEEP_INTERVAL_MS: '500', RECEIPT_PATIENCE_MS: '2000', RETRY_BASE_MS: '200' },
};

describe('a canary', () => {
  const bridge = withBridge({ seed: 33, env: OFTEN });
  const canaries = async (): Promise<readonly Listed[]> => (await bridge.ops<Page<Listed>>('/api/cases?q=CANARY-&limit=200')).items;
  const late = async (): Promise<string[]> => (await bridge.ops<Page<Alert>>('/api/alerts?open=true&condition=canary-late')).items.map(({ subject }) => subject).sort();

  it('goes round each hall: received, accepted, completed and shown, in the sandboxes alone', async () => {
    await until(async () => {
      const round = (await canaries()).filter(({ status }) => status === 'COMPLETED').map(({ hallCode }) => hallCode);
      return HALLS.every((code) => round.includes(code));
    }, { within: 60_000, what: 'a canary round each hall' });
    await until(async () => {
      const shown = (await bridge.record('platform')).filter((line) => line.k === 'canary' && 'kind' in line && line.kind === 'result');
      return HALLS.every((code) => shown.some((line) => String(line.projectNo).includes(`-${code}-`)));
    }, { within: 30_000, what: 'its result in the sandbox of each hall' });
  }, RUN_MS);

  it('is no case: in no list, in no record of one, and nothing for the comparison', async () => {
    await bridge.begin({ cases: 20 });
    await bridge.finished();
    const [cases, transfers] = await Promise.all(['/api/cases?limit=200', '/api/transfers?limit=200'].map((path) => bridge.ops<Page<Listed>>(path)));
    expect(cases?.items).toHaveLength(20);
    expect([...cases?.items ?? [], ...transfers?.items ?? []].filter(({ projectNo }) => projectNo.startsWith('CANARY-'))).toEqual([]);
    for (const side of ['platform', 'centre'] as const) {
      const kinds = (await bridge.record(side)).filter((line) => String(line.projectNo ?? '').startsWith('CANARY-')).map((line) => line.k);
      expect(new Set(kinds)).toEqual(new Set(['canary']));
    }
    expect(await bridge.check()).toMatchObject({ ok: true, cases: 20, lost: 0, duplicated: 0, unexplained: 0, findings: [] });
  }, RUN_MS);

  it('is late for every hall while the centre adapter is gone, and no more when it is back', async () => {
    await until(async () => (await late()).length === 0, { within: 30_000, what: 'no canary late before' });
    await bridge.kill('centre-adapter');
    await until(async () => (await late()).join() === SUBJECTS.join(), { within: 60_000, what: 'an alert for each hall' });
    await bridge.launch('centre-adapter');
    await until(async () => (await late()).length === 0, { within: 60_000, what: 'the end of every alert' });
  }, RUN_MS);
});
