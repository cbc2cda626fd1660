import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../../case-events.fixture.ts';
import { emptyChannels } from '../../channels/channel-bench.fixture.ts';
import { GatewayBench } from '../../gateway-bench.fixture.ts';
import { recordStatus } from '../../ledger/edge-rows.ts';
import { circuitOf, statusOf } from '../../watch/edge-status.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { ChannelActionAnswer, ChannelAnswer, ChannelList } from './channel.answer.ts';

const database = withDatabase();
const PATH = '/api/channels/intake:410204';
const WHY = { reason: '中心系统升级', ticket: 'ITSM-2026/1123' };
let bench: OpsBench;
let operator: OpsClient;

beforeAll(async () => {
  bench = await openBench(database.url);
  operator = await bench.server.as('operator');
});
beforeEach(() => emptyChannels(bench.db));
afterAll(() => bench.close());

function pause(client: OpsClient, version: number, body: object = {}, headers: Record<string, string> = {}): Promise<OpsAnswer<ChannelActionAnswer>> {
  return client.post(`${PATH}/pause`, { ...WHY, ...body }, { 'if-match': `"${version}"`, ...headers });
}

describe('the channels of the ops API', () => {
  it('are paused and resumed by who may, with a reason that is shown and recorded', async () => {
    const paused = await pause(operator, 0);
    expect([paused.status, paused.body]).toMatchObject([200, { outcome: 'paused', channel: 'intake:410204', until: null, version: 1 }]);
    expect(paused.headers.get('etag')).toBe('"1"');
    const { body, headers } = await bench.server.get<ChannelAnswer>(PATH);
    expect(body).toMatchObject({ state: 'paused', stateZh: '已暂停', reason: WHY.reason, ticket: WHY.ticket, pausedBy: expect.stringContaining('operator'), channelZh: '鼓楼区政务服务大厅·收件（大厅→中心）' });
    expect(headers.get('etag')).toBe('"1"');
    const resumed = await operator.post<ChannelActionAnswer>(`${PATH}/resume`, { reason: '升级结束' }, { 'if-match': '"1"' });
    expect([resumed.status, resumed.body]).toMatchObject([200, { outcome: 'resumed', version: 2 }]);
    expect((await bench.server.get<ChannelAnswer>(PATH)).body).toMatchObject({ state: 'running', reason: null, pausedBy: null, version: 2 });
    const records = await bench.db.selectFrom('evidence').select(['action', 'subject', 'entry']).where('subject_kind', '=', 'channel').orderBy('seq').execute();
    expect(records.map(({ action, subject, entry }) => [action, subject, (JSON.parse(entry) as { reason: string }).reason]))
      .toEqual([['channel.paused', 'intake:410204', WHY.reason], ['channel.resumed', 'intake:410204', '升级结束']]);
  });

  it.each([['viewer', 403], ['auditor', 403], ['administrator', 403], ['operator', 200], ['supervisor', 200]] as const)('may be moved by a %s: %i, and seen by all', async (role, status) => {
    const client = await bench.server.as(role);
    expect((await client.get(PATH)).status).toBe(200);
    expect((await pause(client, 0)).status).toBe(status);
    expect((await client.post(`${PATH}/resume`, WHY, { 'if-match': '"1"' })).status).toBe(status);
  });

  it('refuse what was not looked at, was changed meanwhile, or is so already, and say what is there', async () => {
    const without = await operator.post<{ code: string }>(`${PATH}/pause`, WHY);
    expect([without.status, without.body.code]).toEqual([428, 'if-match-missing']);
    await pause(operator, 0);
    const late = await pause(operator, 0) as OpsAnswer<unknown>;
    expect([late.status, late.body]).toMatchObject([412, { code: 'changed-meanwhile', detailZh: expect.stringMatching(/第 1 版.*通道已暂停/) }]);
    expect(await pause(operator, 1)).toMatchObject({ status: 409, body: { code: 'channel-paused' } });
    await operator.post(`${PATH}/resume`, WHY, { 'if-match': '"1"' });
    expect(await operator.post(`${PATH}/resume`, WHY, { 'if-match': '"2"' })).toMatchObject({ status: 409, body: { code: 'channel-running' } });
    expect(await operator.post('/api/channels/intake:410299/pause', WHY, { 'if-match': '"0"' })).toMatchObject({ status: 404, body: { code: 'channel-unknown' } });
    expect((await bench.server.get('/api/channels/intake:410299')).status).toBe(404);
    expect((await bench.server.get('/api/channels/sideways:410204')).status).toBe(422);
  });

  it('let one of two people who pause at once in', async () => {
    const other = await bench.server.as('supervisor');
    const answers = await Promise.all([pause(operator, 0), pause(other, 0)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it.each([
    ['no reason', { reason: '' }], ['a certificate number in the reason', { reason: '办理人 410204199001011234 来电' }],
    ['an end without an offset', { until: '2026-11-24T08:30:00' }], ['an end that is over', { until: '2020-01-01T00:00:00Z' }], ['an end too far away', { until: '2099-01-01T00:00:00Z' }],
  ])('refuse %s', async (_what, body) => {
    expect((await pause(operator, 0, body)).status).toBe(422);
    expect((await bench.server.get<ChannelAnswer>(PATH)).body.state).toBe('running');
  });

  it('do a repeated request once, and give the kept answer again', async () => {
    const key = { 'idempotency-key': `pause-${newProjectNo()}` };
    const first = await pause(operator, 0, {}, key);
    const second = await pause(operator, 0, {}, key);
    expect([second.status, second.body]).toEqual([200, first.body]);
    expect(await pause(operator, 1, { reason: '另一理由' }, key)).toMatchObject({ status: 409, body: { code: 'idempotency-key-reused' } });
  });

  it('show the time at which a pause ends by itself, and that it is over then', async () => {
    const until = new Date(Date.now() + 3_600_000).toISOString();
    await pause(operator, 0, { until });
    const { body } = await bench.server.get<ChannelAnswer>(PATH);
    expect(new Date(body.until ?? '').toISOString()).toBe(until);
    await sql`update channel_pauses set until = now() - interval '1 second'`.execute(bench.db);
    expect((await bench.server.get<ChannelAnswer>(PATH)).body).toMatchObject({ state: 'running', until: null });
  });

  it('say for every hall and direction what is held, what is out, what came and went, and how the endpoint fares', async () => {
    const gateway = new GatewayBench(bench.db, bench.keys);
    await gateway.events(eventOf('permission.granted'));
    await gateway.pendingCase(newProjectNo());
    await gateway.events(eventOf('case.received', { subject: newProjectNo() }));
    await pause(operator, 0);
    await gateway.events(eventOf('case.received', { subject: newProjectNo() }), eventOf('case.received', { subject: newProjectNo() }));
    await bench.db.transaction().execute((trx) => recordStatus(trx, statusOf({ circuits: [circuitOf('centre', { state: 'half-open' })] })));
    const { status, body } = await bench.server.get<ChannelList>('/api/channels');
    expect(status).toBe(200);
    expect(body.items).toHaveLength(8);
    const intake = body.items.find(({ channel }) => channel === 'intake:410204');
    expect(intake).toMatchObject({ state: 'paused', held: 2, inFlight: 1, circuit: 'half-open', destination: 'centre', direction: 'intake' });
    expect(intake?.oldestHeldAt).not.toBeNull();
    expect([intake?.inLastMinute, intake?.outLastMinute].every((count) => (count ?? 0) >= 1)).toBe(true);
    expect(body.items.find(({ channel }) => channel === 'completion:410204')).toMatchObject({ state: 'running', held: 0, circuit: null });
    await operator.post(`${PATH}/resume`, WHY, { 'if-match': '"1"' });
    expect((await bench.server.get<ChannelAnswer>(PATH)).body).toMatchObject({ state: 'draining', stateZh: '恢复中（放行积存的件）', held: 2 });
  });
});
