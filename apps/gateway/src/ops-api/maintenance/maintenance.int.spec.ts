import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger } from '#runtime';
import { sql } from 'kysely';
import { until, withDatabase } from '../../../../../test/support/index.ts';
import { eventOf, newProjectNo } from '../../case-events.fixture.ts';
import { drainOf, emptyChannels, pauseOf, resumeOf } from '../../channels/channel-bench.fixture.ts';
import { GatewayBench } from '../../gateway-bench.fixture.ts';
import { loadPauses } from '../../ledger/channel-rows.ts';
import { KeepMaintenance } from '../../maintenance/keep-maintenance.ts';
import type { ForecastList } from '../forecast/forecast.answer.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { SummaryAnswer } from '../summary/summary.answer.ts';
import type { MaintenanceActionAnswer, MaintenanceAnswer, MaintenancePage } from './maintenance.answer.ts';

const database = withDatabase();
const WHY = { reason: '中心机房搬迁', ticket: 'ITSM-9' };
const INTAKES = ['intake:410202', 'intake:410203', 'intake:410204', 'intake:410205'];
let bench: OpsBench;
let operator: OpsClient;
let gateway: GatewayBench;

beforeAll(async () => {
  bench = await openBench(database.url);
  operator = await bench.server.as('operator');
  gateway = new GatewayBench(bench.db, bench.keys);
  await gateway.events(eventOf('permission.granted'));
});
beforeEach(async () => {
  await bench.db.deleteFrom('maintenance_plans').execute();
  await emptyChannels(bench.db);
});
afterAll(() => bench.close());

/** The clock of one gateway. */
const clock = (): KeepMaintenance => new KeepMaintenance(bench.db, createLogger('gateway', { level: 'silent' }));
const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString();
type Answer = OpsAnswer<MaintenanceActionAnswer & { code: string }>;

function plan(given: object = {}, client = operator, headers: Record<string, string> = {}): Promise<Answer> {
  return client.post('/api/maintenance', { ...WHY, destination: 'centre', to: inHours(2), ...given }, headers);
}

async function planned(given: object = {}): Promise<string> {
  return (await plan(given)).body.planId;
}

function change(id: string, version: number, body: object): Promise<Answer> {
  return operator.send('PATCH', `/api/maintenance/${id}`, { reason: '厂商改期', ...body }, { 'if-match': `"${version}"` });
}

function cancel(id: string, version: number): Promise<Answer> {
  return operator.post(`/api/maintenance/${id}/cancel`, { reason: '提前完成' }, { 'if-match': `"${version}"` });
}

const holding = async (): Promise<string[]> => (await loadPauses(bench.db)).filter(({ holds }) => holds).map(({ channel }) => channel);
const shown = async (id: string): Promise<MaintenanceAnswer> => (await bench.server.get<MaintenanceAnswer>(`/api/maintenance/${id}`)).body;
const recorded = async (id: string): Promise<string[]> => (await bench.db.selectFrom('evidence').select('action').where('subject', '=', id).orderBy('seq').execute()).map(({ action }) => action);
/** So many hours pass for the calendar, and for the pauses that follow from it. */
async function pass(hours: number): Promise<void> {
  const span = sql`make_interval(hours => ${hours})`;
  await sql`update maintenance_plans set starts_at = starts_at - ${span}, ends_at = ends_at - ${span}`.execute(bench.db);
  await sql`update channel_pauses set until = until - ${span}, paused_at = paused_at - ${span}`.execute(bench.db);
}

describe('a downtime that was planned', () => {
  it('holds everything that goes to the centre while it lasts, and lets it go at its end', async () => {
    const id = await planned({ from: inHours(1), to: inHours(3) });
    await clock().run();
    expect([await holding(), (await shown(id)).state]).toEqual([[], 'planned']);
    await pass(1);
    await clock().run();
    expect([await holding(), (await shown(id)).state]).toEqual([INTAKES, 'running']);
    const projectNo = newProjectNo();
    await gateway.events(eventOf('case.received', { subject: projectNo }));
    expect((await gateway.transfers(projectNo)).map(({ status, paused_channel }) => [status, paused_channel])).toEqual([['held', 'intake:410204']]);
    await pass(2);
    await clock().run();
    await drainOf(gateway).run();
    expect([await holding(), (await shown(id)).state, (await gateway.transfers(projectNo))[0]?.status]).toEqual([[], 'ended', 'in_flight']);
    expect(await recorded(id)).toEqual(['maintenance.planned', 'maintenance.started', 'maintenance.ended']);
  });

  it('of a hall holds what goes to that hall, and nothing else', async () => {
    await planned({ destination: 'hall:410204' });
    await clock().run();
    expect(await holding()).toEqual(['completion:410204']);
  });

  it('ends on time although every gateway died in the middle of it', async () => {
    await planned();
    await clock().run();
    await pass(2);
    expect(await holding()).toEqual([]);
  });

  it('is taken up by whichever gateway is there, and done once by several', async () => {
    const id = await planned();
    await Promise.all([clock().run(), clock().run(), clock().run()]);
    await clock().run();
    expect(await holding()).toEqual(INTAKES);
    const pauses = await bench.db.selectFrom('evidence').select('subject').where('action', '=', 'channel.paused').where('actor', '=', 'service:gateway').orderBy('seq', 'desc').limit(5).execute();
    expect(new Set(pauses.slice(0, 4).map(({ subject }) => subject)).size).toBe(4);
    expect((await recorded(id)).filter((action) => action === 'maintenance.started')).toHaveLength(1);
  });

  it('goes on where a gateway left it that died between two channels', async () => {
    const id = await planned();
    await clock().run();
    await sql`delete from maintenance_channels where channel <> 'intake:410202'`.execute(bench.db);
    await sql`delete from channel_pauses where channel <> 'intake:410202'`.execute(bench.db);
    await clock().run();
    expect([await holding(), (await shown(id)).channels]).toEqual([INTAKES, INTAKES.toSorted()]);
  });

  it('does nothing any more when nobody was there for it', async () => {
    const id = await planned();
    await pass(3);
    await clock().run();
    expect([await holding(), (await shown(id)).state, (await shown(id)).startedAt]).toEqual([[], 'ended', null]);
  });
});

describe('a downtime that cannot be kept now', () => {
  it('keeps no other one waiting', async () => {
    await planned();
    await planned({ destination: 'hall:410204' });
    await sql`create function out_of_reach() returns trigger language plpgsql as $$ begin raise exception using errcode = '55P03'; end $$`.execute(bench.db);
    await sql`create trigger out_of_reach before insert on channel_pauses for each row when (new.channel like 'intake:%') execute function out_of_reach()`.execute(bench.db);
    try {
      await clock().run();
      expect(await holding()).toEqual(['completion:410204']);
    } finally {
      await sql`drop function out_of_reach cascade`.execute(bench.db);
    }
    await clock().run();
    expect(await holding()).toEqual(['completion:410204', ...INTAKES]);
  });
});

describe('a channel that a person holds', () => {
  it('is not touched by a downtime: neither at its begin nor at its end', async () => {
    await pauseOf(bench.db, 'intake:410202');
    const id = await planned();
    await clock().run();
    expect((await bench.db.selectFrom('channel_pauses').select(['by_name', 'until']).where('channel', '=', 'intake:410202').executeTakeFirstOrThrow())).toEqual({ by_name: '测试甲', until: null });
    expect(await cancel(id, 1)).toMatchObject({ status: 200, body: { outcome: 'cancelled', state: 'cancelled' } });
    await clock().run();
    expect(await holding()).toEqual(['intake:410202']);
  });

  it('is not touched either when the person took it over from the downtime', async () => {
    const id = await planned();
    await clock().run();
    await resumeOf(bench.db, 'intake:410203');
    await clock().run();
    expect(await holding()).not.toContain('intake:410203');
    await pauseOf(bench.db, 'intake:410203');
    await cancel(id, 1);
    await clock().run();
    expect(await holding()).toEqual(['intake:410203']);
  });

  it('and let go during the downtime goes on', async () => {
    await pauseOf(bench.db, 'intake:410202');
    await planned();
    await clock().run();
    await resumeOf(bench.db, 'intake:410202');
    await clock().run();
    expect(await holding()).toEqual(INTAKES.filter((name) => name !== 'intake:410202'));
  });

  it('is taken up by the downtime once their pause has run out', async () => {
    await pauseOf(bench.db, 'intake:410202', { until: new Date(Date.now() + 3_600_000) });
    await planned({ to: inHours(3) });
    await clock().run();
    await sql`update channel_pauses set until = now() - interval '1 second' where channel = 'intake:410202'`.execute(bench.db);
    await clock().run();
    expect(await holding()).toEqual(INTAKES);
  });
});

describe('the calendar', () => {
  it('is changed while a downtime runs: the channels follow, also when the old end has just gone by', async () => {
    const id = await planned();
    await clock().run();
    const to = inHours(5);
    expect(await change(id, 1, { to })).toMatchObject({ status: 200, body: { outcome: 'changed', version: 2 } });
    await sql`update channel_pauses set until = now() - interval '1 second' where channel = 'intake:410203'`.execute(bench.db);
    await drainOf(gateway).run();
    await clock().run();
    const ends = await bench.db.selectFrom('channel_pauses').select('until').where('paused', '=', true).execute();
    expect(ends.map(({ until }) => until?.toISOString())).toEqual(Array(4).fill(to));
    expect((await change(id, 2, { from: inHours(1) })).status).toBe(422);
    expect(await change(id, 2, { to })).toMatchObject({ status: 409, body: { code: 'nothing-to-change' } });
  });

  it('is written although nobody can say what the downtime will leave behind', async () => {
    await sql`alter table attempts rename to attempts_away`.execute(bench.db);
    const answer = await plan().finally(() => sql`alter table attempts_away rename to attempts`.execute(bench.db));
    expect(answer).toMatchObject({ status: 200, body: { outcome: 'planned', catchUp: null } });
    expect((await shown(answer.body.planId)).catchUp).not.toBeNull();
  });

  it('refuses two downtimes of one receiver at a time, and lets those of different ones be', async () => {
    const first = await planned({ from: inHours(1), to: inHours(3) });
    expect(await plan({ from: inHours(2), to: inHours(4) })).toMatchObject({ status: 409, body: { code: 'maintenance-overlap', detailZh: expect.stringContaining(first) } });
    expect((await plan({ from: inHours(2), to: inHours(4), destination: 'hall:410204' })).status).toBe(200);
    const next = await planned({ from: inHours(3.01), to: inHours(4) });
    expect((await change(next, 1, { from: inHours(2) })).body.code).toBe('maintenance-overlap');
    await cancel(first, 1);
    expect((await plan({ from: inHours(1), to: inHours(2) })).status).toBe(200);
  });

  it('lets one of two people in who plan for the same time at once', async () => {
    const enough = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const holding = bench.db.transaction().execute(async (trx) => {
      // Nobody can write a plan meanwhile, but everybody can look whether there is one.
      await sql`lock table maintenance_plans in share mode`.execute(trx);
      locked.resolve();
      await enough.promise;
    });
    await locked.promise;
    const both = Promise.all([plan({ from: inHours(10), to: inHours(12) }), plan({ from: inHours(11), to: inHours(13) })]);
    await until(async () => {
      const { rows } = await sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`.execute(bench.db);
      return rows.length >= 2;
    }, { within: 20_000 }).finally(() => enough.resolve());
    await holding;
    expect((await both).map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is written by who may, once for a repeated request, and changed by who has seen what is there', async () => {
    expect((await plan({}, await bench.server.as('viewer'))).status).toBe(403);
    const key = { 'idempotency-key': `plan-${newProjectNo()}` };
    const body = { to: inHours(2) };
    const [one, two] = [await plan(body, operator, key), await plan(body, operator, key)];
    expect([two.status, { ...two.body, catchUp: null }]).toEqual([200, { ...one.body, catchUp: null }]);
    expect((await change(one.body.planId, 7, { to: inHours(9) })).status).toBe(412);
    expect((await operator.send('PATCH', `/api/maintenance/${one.body.planId}`, { ...WHY, to: inHours(9) })).status).toBe(428);
    expect((await cancel('mt_unknown', 1)).status).toBe(404);
    await cancel(one.body.planId, 1);
    expect(await cancel(one.body.planId, 2)).toMatchObject({ status: 409, body: { code: 'maintenance-over' } });
  });

  it.each([['too long', { to: inHours(24 * 8) }], ['over', { to: inHours(-1) }], ['of a hall that is not', { destination: 'hall:999999' }], ['without a reason', { reason: '' }]])('refuses a downtime %s', async (_what, given) => {
    expect((await plan(given)).status).toBe(422);
  });

  it('has room for fifty that are to come', async () => {
    await sql`insert into maintenance_plans (id, destination, starts_at, ends_at, reason, by_id, by_name)
      select 'mt_' || n, 'centre', now() + make_interval(days => n), now() + make_interval(days => n, hours => 1), '升级', 'x', '甲' from generate_series(1, 50) n`.execute(bench.db);
    expect(await plan({ destination: 'hall:410204' })).toMatchObject({ status: 409, body: { code: 'maintenance-full' } });
    const { body: first } = await bench.server.get<MaintenancePage>('/api/maintenance?open=true&limit=30');
    const { body: second } = await bench.server.get<MaintenancePage>(`/api/maintenance?open=true&limit=30&cursor=${first.nextCursor ?? ''}`);
    expect(new Set([...first.items, ...second.items].map(({ planId }) => planId)).size).toBe(50);
  });
});

describe('what is to come', () => {
  /** So many transfers of a channel were delivered, one a second, and so many more wait. */
  async function traffic(delivered: number, waiting: number): Promise<void> {
    for (const [count, status] of [[delivered, 'delivered'], [waiting, 'held']] as const) {
      const numbers = Array.from({ length: count }, () => newProjectNo());
      for (const projectNo of numbers) await gateway.events(eventOf('case.received', { subject: projectNo }));
      await bench.db.updateTable('transfers').set({ status }).where('project_no', 'in', numbers).execute();
      await bench.db.updateTable('cases').set({ promise_due_at: new Date(Date.now() + 60_000) }).where('project_no', 'in', numbers).execute();
    }
    await sql`insert into attempts (transfer_id, attempt, started_at, finished_at, latency_ms, outcome, recorded_at)
      select id, 1, now(), now(), 5, 'delivered', date_trunc('minute', now()) - interval '30 seconds' from transfers where status = 'delivered'
      on conflict do nothing`.execute(bench.db);
  }

  it('is told of every channel: how much waits, until when, and whose deadline comes first; and of the downtime that comes next', async () => {
    await traffic(4, 6);
    const { status, body } = await bench.server.get<ForecastList>('/api/forecast');
    expect([status, body.items.length]).toEqual([200, 8]);
    const intake = body.items.find(({ channel }) => channel === 'intake:410204');
    expect(intake).toMatchObject({ waiting: 6, casesWaiting: 6, overdue: 0 });
    // Four in five minutes: the first of the six that wait has its turn after 75 seconds.
    expect(intake?.outPerMinute).toBeGreaterThan(0);
    expect(intake).toMatchObject({ breaches: 6, sayZh: expect.stringContaining('6 件将超期') });
    expect(body.items.find(({ channel }) => channel === 'completion:410204')).toMatchObject({ waiting: 0, verdict: 'clear', breaches: 0 });
    const id = await planned({ to: inHours(1) });
    expect((await shown(id)).catchUp).toMatchObject({ waitingAtEnd: expect.any(Number), sayZh: expect.stringMatching(/^结束时约积存 \d+ 条/) });
    const summary = (await bench.server.get<SummaryAnswer>('/api/summary')).body;
    expect(summary).toMatchObject({ nextMaintenance: { planId: id, running: true }, deadlines: { breached: 0, due: expect.any(Number) } });
    expect(summary.servers.map(({ server, state }) => [server, state])).toEqual([['postgresql', 'good'], ['rabbitmq', 'unknown'], ['redis', 'unknown']]);
  });

  it('is not told of what waits behind a failure: no rate moves that', async () => {
    const projectNo = newProjectNo();
    await gateway.events(eventOf('case.received', { subject: projectNo }), eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }));
    await sql`update transfers set status = 'failed' where project_no = ${projectNo} and destination = 'centre' and ordinal = (select min(ordinal) from transfers where project_no = ${projectNo} and destination = 'centre')`.execute(bench.db);
    const { body } = await bench.server.get<ForecastList>('/api/forecast');
    expect(body.items.find(({ channel }) => channel === 'intake:410204')).toMatchObject({ waiting: 0 });
  });
});

