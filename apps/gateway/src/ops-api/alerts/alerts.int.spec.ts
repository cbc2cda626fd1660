import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import { withDatabase } from '../../../../../test/support/index.ts';
import { closeAlerts, openAlerts } from '../../ledger/alert-rows.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { AlertActionAnswer, AlertAnswer, AlertPage } from './alert.answer.ts';

const database = withDatabase();
/** As the records name the person. */
const OPERATOR = expect.stringContaining('operator');
const WHY = { reason: '已联系中心网络组', ticket: 'ITSM-7' };
let bench: OpsBench;
let operator: OpsClient;
let id: number;

beforeAll(async () => {
  bench = await openBench(database.url);
  operator = await bench.server.as('operator');
});
beforeEach(async () => {
  await sql`truncate alerts, alert_mutes`.execute(bench.db);
  id = await opened();
});
afterAll(() => bench.close());

async function opened(condition = 'circuit-open', subject = 'centre'): Promise<number> {
  const [alert] = await openAlerts(bench.db, [{ condition, subject, detail_zh: '接口不通', detail_en: 'down', facts: {} }]);
  return alert?.seq ?? 0;
}

function command(verb: string, version: number, body: object = {}, client = operator, alert = id): Promise<OpsAnswer<AlertActionAnswer & { code: string; detailZh: string }>> {
  return client.post(`/api/alerts/${alert}/${verb}`, { ...WHY, ...body }, { 'if-match': `"${version}"` });
}

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
const shown = async (alert = id): Promise<AlertAnswer> => (await bench.server.get<AlertAnswer>(`/api/alerts/${alert}`)).body;

describe('an alert', () => {
  it('is acknowledged by one person, whose words the others read, and is over when its condition is', async () => {
    const { headers, body } = await bench.server.get<AlertAnswer>(`/api/alerts/${id}`);
    expect([headers.get('etag'), body.status, body.acknowledged, body.recurrence, body.durationSeconds]).toEqual(['"1"', 'open', null, 0, null]);
    const done = await command('acknowledge', 1);
    expect([done.status, done.body, done.headers.get('etag')]).toMatchObject([200, { outcome: 'acknowledged', version: 2 }, '"2"']);
    expect(await shown()).toMatchObject({ status: 'acknowledged', statusZh: '已确认', open: true, acknowledged: { by: OPERATOR, note: WHY.reason } });
    expect(await command('acknowledge', 2)).toMatchObject({ status: 409, body: { code: 'alert-acknowledged', detailZh: expect.stringContaining('operator') } });
    await sql`update alerts set opened_at = now() - interval '90 seconds'`.execute(bench.db);
    await closeAlerts(bench.db, [id]);
    expect(await shown()).toMatchObject({ status: 'resolved', open: false, durationSeconds: 90, acknowledged: { by: OPERATOR } });
    expect(await command('acknowledge', 2)).toMatchObject({ status: 409, body: { code: 'alert-over' } });
  });

  it('that comes again is one of its own, and says how often it has come', async () => {
    await command('acknowledge', 1);
    await closeAlerts(bench.db, [id]);
    expect(await shown(await opened())).toMatchObject({ status: 'open', recurrence: 1, acknowledged: null });
    expect(await shown(await opened('circuit-open', 'hall:410204'))).toMatchObject({ recurrence: 0 });
  });

  it('is muted until a time, stays in the list marked as such, also when it comes back, and ends by itself', async () => {
    await closeAlerts(bench.db, [id]);
    id = await opened();
    const until = inHours(2);
    expect(await command('mute', 1, { until })).toMatchObject({ status: 200, body: { outcome: 'muted', version: 2 } });
    const { body: { items } } = await bench.server.get<AlertPage>('/api/alerts?open=true&muted=true');
    expect(items).toMatchObject([{ alertId: id, mute: { by: OPERATOR, reason: WHY.reason } }]);
    expect(Date.parse(items[0]?.mute?.until ?? '')).toBe(Date.parse(until));
    await closeAlerts(bench.db, [id]);
    const again = await opened();
    expect((await shown(again)).mute).not.toBeNull();
    await sql`update alert_mutes set until = now() - interval '1 second'`.execute(bench.db);
    expect((await shown(again)).mute).toBeNull();
    expect((await bench.server.get<AlertPage>('/api/alerts?muted=true')).body.items).toEqual([]);
    expect(await command('unmute', 1, {}, operator, again)).toMatchObject({ status: 409, body: { code: 'alert-not-muted' } });
  });

  it('is muted anew with another end, and loud again at once when the mute is taken back', async () => {
    await command('mute', 1, { until: inHours(1) });
    await command('mute', 2, { until: inHours(5) });
    expect(Date.parse((await shown()).mute?.until ?? '')).toBeGreaterThan(Date.now() + 4 * 3_600_000);
    expect(await command('unmute', 3)).toMatchObject({ status: 200, body: { outcome: 'unmuted', version: 4 } });
    expect((await shown()).mute).toBeNull();
  });

  it.each([['too long', inHours(24 * 7 + 1)], ['over', inHours(-1)], ['without an offset', '2026-11-24T08:30:00']])('is not muted until a time that is %s', async (_what, until) => {
    expect((await command('mute', 1, { until })).status).toBe(422);
    expect((await shown()).mute).toBeNull();
  });

  it('is changed by who has seen what is there, and with a reason', async () => {
    expect((await operator.post(`/api/alerts/${id}/acknowledge`, WHY)).status).toBe(428);
    await command('acknowledge', 1);
    expect(await command('mute', 1, { until: inHours(1) })).toMatchObject({ status: 412, body: { detailZh: expect.stringMatching(/operator.* 已确认/) } });
    expect((await command('mute', 2, { until: inHours(1), reason: '' })).status).toBe(422);
    expect(await command('acknowledge', 1, {}, operator, 999_999)).toMatchObject({ status: 404, body: { code: 'alert-unknown' } });
    expect((await bench.server.get('/api/alerts/999999')).status).toBe(404);
  });

  it('is acknowledged once however often the request is repeated, and by one of two who do it at once', async () => {
    const key = { 'if-match': '"1"', 'idempotency-key': `ack-${id}` };
    const [one, two] = [await operator.post(`/api/alerts/${id}/acknowledge`, WHY, key), await operator.post(`/api/alerts/${id}/acknowledge`, WHY, key)];
    expect([two.status, two.body]).toEqual([200, one.body]);
    const other = await opened('queue-missing', 'gateway.intake');
    const both = await Promise.all([command('acknowledge', 1, {}, operator, other), command('acknowledge', 1, {}, await bench.server.as('supervisor'), other)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('leaves a record of each thing that people did about it', async () => {
    await command('acknowledge', 1);
    await command('mute', 2, { until: inHours(1) });
    await command('unmute', 3);
    const rows = await bench.db.selectFrom('evidence').select(['action', 'entry']).where('subject_kind', '=', 'alert').where('subject', '=', String(id)).orderBy('seq').execute();
    expect(rows.map(({ action }) => action)).toEqual(['alert.acknowledged', 'alert.muted', 'alert.unmuted']);
    expect(JSON.parse(rows[1]?.entry ?? '{}')).toMatchObject({ reason: WHY.reason, facts: { condition: 'circuit-open', about: 'centre', ticket: WHY.ticket } });
  });

  it('is marked while its receiver is down as planned, and leads there', async () => {
    await sql`insert into maintenance_plans (id, destination, starts_at, ends_at, reason, by_id, by_name)
      values ('mt_now', 'centre', now() - interval '1 minute', now() + interval '1 hour', '升级', 'x', '甲'), ('mt_later', 'hall:410204', now() + interval '1 hour', now() + interval '2 hours', '升级', 'x', '甲')`.execute(bench.db);
    expect(await shown()).toMatchObject({ maintenance: { planId: 'mt_now' }, links: expect.arrayContaining([{ kind: 'maintenance', kindZh: '计划维护', path: '/api/maintenance/mt_now' }]) });
    expect((await shown(await opened('circuit-open', 'hall:410204'))).maintenance).toBeNull();
    await sql`delete from maintenance_plans`.execute(bench.db);
  });
});
