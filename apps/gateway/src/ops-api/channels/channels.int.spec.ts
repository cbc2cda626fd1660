import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../../case-events.fixture.ts';
import { emptyChannels, inDays } from '../../channels/channel-bench.fixture.ts';
import { GatewayBench } from '../../gateway-bench.fixture.ts';
import { recordStatus } from '../../ledger/edge-rows.ts';
import { insertTransfers } from '../../ledger/transfer-rows.ts';
import { circuitOf, statusOf } from '../../watch/edge-status.fixture.ts';
import { aTransfer, putCase } from '../ledger-rows.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { ChannelChangePage, ChannelSettingsActionAnswer, ChannelSettingsAnswer } from './channel-settings.answer.ts';
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
    expect(intake).toMatchObject({
      failed: 0, retrying: 0, oldestAt: expect.any(String), p95Seconds: expect.any(Number), targetSeconds: 60, tone: 'warn', whyZh: ['端点正在恢复', '已暂停'],
      queue: { queue: 'centre-adapter.work-items', exists: true, ready: 0, consumersPresent: 1, consumersExpected: 0 },
    });
    expect([intake?.inLastMinute, intake?.outLastMinute].every((count) => (count ?? 0) >= 1)).toBe(true);
    expect(body.items.find(({ channel }) => channel === 'completion:410204')).toMatchObject({ state: 'running', held: 0, circuit: null });
    await operator.post(`${PATH}/resume`, WHY, { 'if-match': '"1"' });
    expect((await bench.server.get<ChannelAnswer>(PATH)).body).toMatchObject({ state: 'draining', stateZh: '恢复中（放行积存的件）', held: 2 });
  });

  it('count the failures and retries of each receiver apart: ten thousand old ones of the centre hide nothing of a hall', async () => {
    const seq = await putCase(bench.db, 'B-1', {}, []);
    await sql`insert into failure_groups (id, signature, text, class, destination, first_seen_at, last_seen_at, occurrences)
      select 'fg_' || repeat(n::text, 24), '{}', '', 'centre', case n when 1 then 'centre' else 'hall:410204' end, now(), now(), 1 from generate_series(1, 2) n`.execute(bench.db);
    await sql`insert into transfers (id, project_no, destination, kind, ordinal, event_seq, status, attempts, created_at, failure_group, failed_at, sealed, key_version)
      select 'tr_old_' || n, 'B-1', 'centre', 'open', n, ${seq}, 'failed', 1, now() - interval '1 day', 'fg_' || repeat('1', 24), now(), '', 1 from generate_series(1, 10001) n`.execute(bench.db);
    await insertTransfers(bench.db, [
      aTransfer('B-1', 'tr_new_1', seq, { destination: 'hall:410204', status: 'failed', failure_group: `fg_${'2'.repeat(24)}` }),
      aTransfer('B-1', 'tr_new_2', seq, { destination: 'hall:410204', status: 'failed', ordinal: 2 }),
      aTransfer('B-1', 'tr_new_3', seq, { destination: 'hall:410204', status: 'retry_wait', ordinal: 3 }),
    ]);
    const { body: { items } } = await bench.server.get<ChannelList>('/api/channels');
    const one = (name: string): ChannelAnswer | undefined => items.find(({ channel }) => channel === name);
    expect(one('completion:410204')).toMatchObject({ failed: 2, retrying: 1, oldestAt: expect.any(String), capped: false });
    expect(one('intake:410204')).toMatchObject({ failed: 10_000, retrying: 0, oldestAt: null, capped: true });
  });
});

describe('how fast and when a channel sends', () => {
  const SETTINGS = `${PATH}/settings`;
  const HOURS = [{ days: [5, 1, 2, 3, 4], from: '08:30', to: '17:30' }];

  function set(client: OpsClient, version: number, body: object): Promise<OpsAnswer<ChannelSettingsActionAnswer>> {
    return client.send('PUT', SETTINGS, { ...WHY, ratePerSecond: null, hours: null, ...body }, { 'if-match': `"${version}"` });
  }

  it('is set by who may, shown with who and why, and not paused by people for it', async () => {
    expect((await bench.server.get<ChannelSettingsAnswer>(SETTINGS)).body).toMatchObject({ ratePerSecond: null, hours: null, changedBy: null, version: 0 });
    const done = await set(operator, 0, { ratePerSecond: 5, hours: inDays(2) });
    expect([done.status, done.body, done.headers.get('etag')]).toMatchObject([200, { outcome: 'set', ratePerSecond: 5, hours: inDays(2), version: 1 }, '"1"']);
    expect(Date.parse(done.body.opensAt ?? '')).toBeGreaterThan(Date.now() + 86_400_000 - 1_000);
    const kept = await bench.server.get<ChannelSettingsAnswer>(SETTINGS);
    expect([kept.headers.get('etag'), kept.body]).toMatchObject(['"1"', { reason: WHY.reason, ticket: WHY.ticket, changedBy: expect.stringContaining('operator') }]);
    expect((await bench.server.get<ChannelAnswer>(PATH)).body).toMatchObject({
      state: 'outside-hours', stateZh: '不在投递时段', ratePerSecond: 5, opensAt: done.body.opensAt, pausedBy: null, version: 0, whyZh: expect.arrayContaining([expect.stringContaining('不在投递时段')]),
    });
    await pause(operator, 0);
    expect((await bench.server.get<ChannelAnswer>(PATH)).body.state).toBe('paused');
  });

  it('says that it is slow because it is limited, not that it is paused', async () => {
    await set(operator, 0, { ratePerSecond: 1 });
    const gateway = new GatewayBench(bench.db, bench.keys);
    await gateway.events(eventOf('permission.granted'));
    await gateway.events(eventOf('case.received', { subject: newProjectNo() }));
    expect((await bench.server.get<ChannelAnswer>(PATH)).body).toMatchObject({ state: 'limited', held: 1, opensAt: null, reason: null });
  });

  it('is refused to who looked at something else, to who may not, and where nothing would change', async () => {
    await set(operator, 0, { hours: HOURS });
    expect(await set(operator, 0, { ratePerSecond: 5 })).toMatchObject({ status: 412, body: { code: 'changed-meanwhile', detailZh: expect.stringContaining('operator') } });
    expect(await set(operator, 1, { hours: HOURS })).toMatchObject({ status: 409, body: { code: 'channel-unchanged' } });
    expect((await set(await bench.server.as('auditor'), 1, {})).status).toBe(403);
    expect((await operator.send('PUT', SETTINGS, { ...WHY, ratePerSecond: 5, hours: null })).status).toBe(428);
    const both = await Promise.all([set(operator, 1, { ratePerSecond: 7 }), set(await bench.server.as('supervisor'), 1, { ratePerSecond: 8 })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it.each<[string, object, string]>([
    ['a rate of nothing', { ratePerSecond: 0 }, 'ratePerSecond'], ['a rate above all', { ratePerSecond: 501 }, 'ratePerSecond'], ['no word of the rate', { ratePerSecond: undefined }, 'ratePerSecond'],
    ['no word of the hours', { hours: undefined }, 'hours'], ['no window', { hours: [] }, 'hours'], ['too many windows', { hours: Array(15).fill(HOURS[0]) }, 'hours'],
    ['a window across midnight', { hours: [{ days: [1], from: '22:00', to: '06:00' }] }, 'hours.0.to'], ['a window without length', { hours: [{ days: [1], from: '08:30', to: '08:30' }] }, 'hours.0.to'],
    ['an eighth day', { hours: [{ days: [8], from: '08:30', to: '17:30' }] }, 'hours.0.days'], ['no day', { hours: [{ days: [], from: '08:30', to: '17:30' }] }, 'hours.0.days'],
    ['a time that is none', { hours: [{ days: [1], from: '8:30', to: '25:00' }] }, 'hours.0.from'], ['a field that is none', { hours: [{ ...HOURS[0], zone: 'UTC' }] }, 'hours.0.zone'],
  ])('is refused with %s, by the name of the field', async (_what, body, field) => {
    const { status, body: problem } = await set(operator, 0, body) as OpsAnswer<unknown>;
    expect([status, problem]).toMatchObject([422, { errors: expect.arrayContaining([expect.objectContaining({ field, zh: expect.not.stringContaining('不合要求') })]) }]);
  });

  it('leaves behind who changed what, when and why, page by page', async () => {
    const channel = '/api/channels/completion:410205';
    const write = (verb: string, path: string, version: number, body: object) => operator.send(verb, `${channel}/${path}`, { ...WHY, ...body }, { 'if-match': `"${version}"` });
    await write('PUT', 'settings', 0, { ratePerSecond: 5, hours: null });
    await write('PUT', 'settings', 1, { ratePerSecond: 5, hours: HOURS });
    const end = new Date(Date.now() + 3_600_000).toISOString();
    await write('POST', 'pause', 0, { until: end });
    await write('POST', 'resume', 1, {});
    const first = (await bench.server.get<ChannelChangePage>(`${channel}/changes?limit=3`)).body;
    expect(first.items.map(({ action, differences }) => [action, differences.map(({ field, from, to }) => [field, from, to])])).toEqual([
      ['channel.resumed', [['state', '暂停', '通行']]],
      ['channel.paused', [['state', '通行', '暂停'], ['until', null, expect.stringContaining('+08:00')]]],
      ['channel.settings-changed', [['hours', null, '1-5 08:30-17:30']]],
    ]);
    const rest = (await bench.server.get<ChannelChangePage>(`${channel}/changes?limit=3&cursor=${first.nextCursor ?? ''}`)).body;
    expect(rest).toMatchObject({
      nextCursor: null,
      items: [{ actionZh: '更改通道的限速、投递时段', by: expect.stringContaining('operator'), reason: WHY.reason, ticket: WHY.ticket, differences: [{ field: 'ratePerSecond', fieldZh: '每秒条数', from: null, to: '5' }] }],
    });
    expect((await bench.server.get('/api/channels/intake:410299/changes')).status).toBe(404);
  });
});
