import { describe, expect, it } from '@jest/globals';
import type { Destination } from '#contracts';
import { GatewayConfig } from '../gateway.config.ts';
import type { CanaryFact } from '../ledger/canary-rows.ts';
import type { CircuitRow, EdgeInstanceRow } from '../ledger/edge-rows.ts';
import type { Condition } from './condition.ts';
import { CONDITIONS } from './conditions.ts';
import type { ConditionName } from './conditions.ts';
import { judgeAlerts } from './judge-alerts.ts';
import type { QueueFact, WatchFacts } from './watch-facts.ts';
import { watchLimits } from './watch-limits.ts';

const NOW = new Date('2026-11-23T02:00:00Z');
const limits = watchLimits(new GatewayConfig());
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);

function program(given: Partial<EdgeInstanceRow> = {}): EdgeInstanceRow {
  return {
    app: 'centre-adapter', instance: 'one', reported_at: NOW, first_seen_at: ago(3_600), seen_at: ago(3), spool_waiting: 0, spool_oldest_at: null,
    journal_entries: 0, journal_oldest_at: null, redis_durable: true, redis_problem: null, redis_trouble_since: null, broker_away_since: null, stopped_at: null, canary_halls: null, signing_keys: null, setting_concerns: null, connections: null, ...given,
  };
}

function circuit(given: Partial<CircuitRow> = {}): CircuitRow {
  return {
    destination: 'centre', app: 'centre-adapter', instance: 'one', state: 'closed', since: NOW, troubled_since: null, reason: null, failures: 0,
    window_size: 32, held: 0, next_probe_at: null, updated_at: NOW, ...given,
  };
}

function queue(given: Partial<QueueFact> = {}): QueueFact {
  return {
    name: 'centre-adapter.work-items', purpose: '', consumer: 'centre-adapter', destination: 'centre', missing: false, ready: 0, present: 2, expected: 2,
    shortSince: null, ...given,
  };
}

const living = [program(), program({ app: 'gateway' }), program({ app: 'district-adapter' })];

function facts(given: Partial<WatchFacts> = {}): WatchFacts {
  return {
    now: NOW, watchingSince: ago(3_600), brokerAwaySince: null, queues: [], programs: living, circuits: [], unanswered: [], standing: [], unpublished: [], overdueRetries: [], failed: [],
    parked: [], deadLetters: [], canaries: [], evidenceCaughtUpAt: NOW, pauses: [], channelSettings: [], operations: [], lateDeliveries: [], ...given,
  };
}

/** What one condition would do: which subjects it opens, with nothing open yet; and which it keeps of those that are. */
function opened(name: ConditionName, given: Partial<WatchFacts>): string[] {
  return judgeAlerts({ [name]: CONDITIONS[name] }, facts(given), limits, []).open.map(({ subject }) => subject);
}

function closed(name: ConditionName, subject: string, given: Partial<WatchFacts>): boolean {
  return judgeAlerts({ [name]: CONDITIONS[name] }, facts(given), limits, [{ seq: 1, condition: name, subject }]).close.length > 0;
}

describe('judging alerts', () => {
  const finding = (subject: string, opens: boolean): ReturnType<Condition['find']> => [{ subject, opens, zh: '', en: '', facts: {} }];
  const judge = (found: ReturnType<Condition['find']>, ...open: string[]): object => {
    const verdict = judgeAlerts({ it: { zh: '', en: '', find: () => found } }, facts(), limits, open.map((subject, seq) => ({ seq, condition: 'it', subject })));
    return { open: verdict.open.map(({ subject }) => subject), keep: verdict.keep.map(({ subject }) => subject), close: verdict.close.map(({ subject }) => subject) };
  };

  it.each([
    ['opens what is new', judge(finding('a', true)), { open: ['a'], keep: [], close: [] }],
    ['keeps what stands', judge(finding('a', true), 'a'), { open: [], keep: ['a'], close: [] }],
    ['closes what is over', judge([], 'a'), { open: [], keep: [], close: ['a'] }],
    ['does not open what is only fading', judge(finding('a', false)), { open: [], keep: [], close: [] }],
    ['keeps what is fading', judge(finding('a', false), 'a'), { open: [], keep: ['a'], close: [] }],
    ['touches nothing while it cannot tell', judge('unknown', 'a'), { open: [], keep: [], close: [] }],
    ['opens nothing of a subject of which it cannot tell', judge([{ subject: 'a', untold: true }]), { open: [], keep: [], close: [] }],
    ['leaves such a subject as it is, and goes on with the others', judge([{ subject: 'a', untold: true }], 'a', 'b'), { open: [], keep: [], close: ['b'] }],
    ['looks at each subject by itself', judge(finding('b', true), 'a'), { open: ['b'], keep: [], close: ['a'] }],
  ])('%s', (_what, verdict, expected) => {
    expect(verdict).toEqual(expected);
  });

  it('leaves alone the alerts of a condition that only a newer gateway knows', () => {
    expect(judgeAlerts(CONDITIONS, facts(), limits, [{ seq: 1, condition: 'not-yet-invented', subject: 'x' }]).close).toEqual([]);
  });

  it('opens no more than a hundred alerts of one condition', () => {
    const failed = Array.from({ length: 150 }, (_, n) => ({ destination: `hall:${100_000 + n}` as Destination, count: 1, at: NOW }));
    expect(judgeAlerts(CONDITIONS, facts({ failed }), limits, []).open).toHaveLength(100);
  });

  it('finds nothing where all is well', () => {
    expect(judgeAlerts(CONDITIONS, facts({ queues: [queue()], circuits: [circuit()] }), limits, [])).toEqual({ open: [], keep: [], close: [] });
  });
});

describe('what would flap', () => {
  it('a queue with fewer consumers than programs is an alert only when it stays so; with none, at once', () => {
    expect(opened('consumer-missing', { queues: [queue({ present: 1, shortSince: ago(44) })] })).toEqual([]);
    expect(opened('consumer-missing', { queues: [queue({ present: 1, shortSince: ago(45) })] })).toEqual(['centre-adapter.work-items']);
    expect(opened('consumer-missing', { queues: [queue({ present: 0, shortSince: NOW })] })).toEqual(['centre-adapter.work-items']);
    expect(closed('consumer-missing', 'centre-adapter.work-items', { queues: [queue({ present: 1, shortSince: NOW })] })).toBe(false);
  });

  it('a circuit that opens and half-opens is one trouble, and it is over when it is closed', () => {
    const at = (state: CircuitRow['state'], seconds: number): Partial<WatchFacts> => ({ circuits: [circuit({ state, troubled_since: ago(seconds) })] });
    expect(opened('circuit-open', at('open', 59))).toEqual([]);
    expect(opened('circuit-open', at('half-open', 60))).toEqual(['centre']);
    expect(opened('circuit-open', at('slow-start', 600))).toEqual([]);
    expect(closed('circuit-open', 'centre', at('slow-start', 600))).toBe(false);
    expect(closed('circuit-open', 'centre', { circuits: [circuit()] })).toBe(true);
  });

  it('a circuit that is half-open is no trouble any more when for minutes nothing came that it could try', () => {
    const halfOpen = (seconds: number, held: number): Partial<WatchFacts> =>
      ({ circuits: [circuit({ state: 'half-open', since: ago(seconds), held, troubled_since: ago(3_600) })] });
    expect(closed('circuit-open', 'centre', halfOpen(299, 0))).toBe(false);
    expect(closed('circuit-open', 'centre', halfOpen(300, 1))).toBe(false);
    expect(closed('circuit-open', 'centre', halfOpen(300, 0))).toBe(true);
    expect(closed('circuit-open', 'centre', { circuits: [circuit({ state: 'open', since: ago(600), troubled_since: ago(3_600) })] })).toBe(false);
  });

  it('a destination at which nothing moves for ten minutes is one, unless its endpoint is down or nobody has looked for as long', () => {
    const standing = (seconds: number): Partial<WatchFacts> => ({ standing: [{ destination: 'centre', id: 'tr_1', created_at: ago(9_000), since: ago(seconds) }] });
    expect(opened('receipts-overdue', standing(599))).toEqual([]);
    expect(closed('receipts-overdue', 'centre', standing(599))).toBe(true);
    expect(opened('receipts-overdue', standing(600))).toEqual(['centre']);
    expect(opened('receipts-overdue', { ...standing(600), unanswered: [{ destination: 'centre', count: 1, at: ago(9_000) }] })).toEqual(['centre']);
    for (const excuse of [{ watchingSince: ago(599) }, { circuits: [circuit({ state: 'open', troubled_since: ago(700) })] }]) {
      const given = { ...standing(600), ...excuse };
      expect([opened('receipts-overdue', given), closed('receipts-overdue', 'centre', given)]).toEqual([[], false]);
    }
  });

  it('orders that the broker does not take are one once it has stood for two minutes', () => {
    const unpublished: Partial<WatchFacts> = { unpublished: [{ destination: 'centre', count: 1, at: ago(9_000) }] };
    expect(opened('orders-unpublished', unpublished)).toEqual(['centre']);
    expect(opened('orders-unpublished', { ...unpublished, watchingSince: ago(119) })).toEqual([]);
    expect(closed('orders-unpublished', 'centre', { brokerAwaySince: ago(5) })).toBe(false);
  });

  it('a journal is in order again at half the age that made it an alert', () => {
    const oldest = (seconds: number): Partial<WatchFacts> => ({ programs: [program({ journal_entries: 1, journal_oldest_at: ago(seconds) })] });
    expect(opened('journal-old', oldest(599))).toEqual([]);
    expect(opened('journal-old', oldest(600))).toEqual(['centre-adapter']);
    expect(closed('journal-old', 'centre-adapter', oldest(300))).toBe(false);
    expect(closed('journal-old', 'centre-adapter', oldest(299))).toBe(true);
  });

  it('a Redis that forgets is an alert at once; one that is away, when it stays away', () => {
    const redis = (durable: boolean | null, seconds: number): Partial<WatchFacts> =>
      ({ programs: [program({ redis_durable: durable, redis_problem: '问题', redis_trouble_since: ago(seconds) })] });
    expect(opened('redis-unsafe', redis(false, 0))).toEqual(['centre-adapter']);
    expect(opened('redis-unsafe', redis(null, 29))).toEqual([]);
    expect(opened('redis-unsafe', redis(null, 30))).toEqual(['centre-adapter']);
  });
});

describe('a broker that cannot be reached', () => {
  const gateways = (...given: Partial<EdgeInstanceRow>[]): Partial<WatchFacts> =>
    ({ programs: given.map((one, n) => program({ app: 'gateway', instance: `gateway ${n}`, ...one })) });

  it('is one alert, whichever gateway looks and whether another reaches it', () => {
    const cut = gateways({}, { broker_away_since: ago(30) });
    expect(opened('broker-unreachable', cut)).toEqual(['rabbitmq']);
    expect(closed('broker-unreachable', 'rabbitmq', cut)).toBe(false);
    expect(opened('broker-unreachable', gateways({}, { broker_away_since: ago(29) }))).toEqual([]);
  });

  it('is over when every gateway that lives reaches it', () => {
    expect(closed('broker-unreachable', 'rabbitmq', gateways({}, { broker_away_since: ago(300), seen_at: ago(31) }))).toBe(true);
  });
});

describe('a silent program', () => {
  const others = living.slice(1);
  const silent = (...programs: EdgeInstanceRow[]): string[] => opened('program-silent', { programs: [...programs, ...others] });

  it('is an alert after thirty seconds, for its app when nobody else is there', () => {
    expect(silent(program({ seen_at: ago(29) }))).toEqual([]);
    expect(silent(program({ seen_at: ago(31) }))).toEqual(['centre-adapter']);
    expect(silent()).toEqual(['centre-adapter']);
  });

  it('is named when others of its app work on, unless one was started in its place', () => {
    const gone = program({ instance: 'gone', seen_at: ago(120) });
    expect(silent(gone, program({ instance: 'other' }))).toEqual(['centre-adapter/gone']);
    expect(silent(gone, program({ instance: 'successor', first_seen_at: ago(110) }))).toEqual([]);
    expect(silent(gone, program({ instance: 'gone too', seen_at: ago(118) }), program({ instance: 'one successor', first_seen_at: ago(110) }))).toEqual(['centre-adapter/gone too']);
  });

  it('that said that it stops is not missed, unless it was the last of its app and none comes in its place', () => {
    const stopped = (seconds: number): EdgeInstanceRow => program({ instance: 'stopped', seen_at: ago(seconds), stopped_at: ago(seconds) });
    expect(silent(stopped(120), program({ instance: 'other' }))).toEqual([]);
    expect(silent(stopped(29))).toEqual([]);
    expect(silent(stopped(31))).toEqual(['centre-adapter']);
  });

  it('is judged by numbers where it is set how many there should be', () => {
    const judge = (count: number, ...programs: EdgeInstanceRow[]): string[] => judgeAlerts(
      { 'program-silent': CONDITIONS['program-silent'] }, facts({ programs: [...programs, ...others] }), { ...limits, expectedPrograms: { 'centre-adapter': count } }, [],
    ).open.map(({ subject }) => subject);
    const gone = program({ instance: 'gone', seen_at: ago(120) });
    expect(judge(2, gone, program(), program({ instance: 'two' }))).toEqual([]);
    expect(judge(2, gone, program())).toEqual(['centre-adapter']);
    expect(judge(1, gone)).toEqual(['centre-adapter']);
    expect(watchLimits(Object.assign(new GatewayConfig(), { programsExpected: ['gateway=2', 'centre-adapter=3'] })).expectedPrograms).toEqual({ 'gateway': 2, 'centre-adapter': 3 });
  });

  it('that was replaced again and again is no alert', () => {
    const row = [400, 300, 200, 100].map((seconds) => program({ instance: `from ${seconds}`, first_seen_at: ago(seconds), seen_at: ago(Math.max(1, seconds - 95)) }));
    expect(silent(...row)).toEqual([]);
  });

  it('proves nothing while the broker is away, nor before this gateway has watched as long', () => {
    expect(opened('program-silent', { programs: [], brokerAwaySince: ago(5) })).toEqual([]);
    expect(opened('program-silent', { programs: [], watchingSince: ago(29) })).toEqual([]);
    expect(closed('program-silent', 'centre-adapter', { brokerAwaySince: ago(5) })).toBe(false);
  });
});

describe('what nobody can tell now', () => {
  const spool = { spool_waiting: 3, spool_oldest_at: ago(900) };
  const journal = { journal_entries: 3, journal_oldest_at: ago(900) };
  const redis = { redis_durable: false, redis_problem: '未开启 AOF', redis_trouble_since: ago(900) };
  const troubled: Partial<WatchFacts> = { circuits: [circuit({ state: 'open', troubled_since: ago(900) })] };
  const silence = { seen_at: ago(31) };
  const unheard: [string, Partial<WatchFacts>][] = [
    ['while the broker is away', { brokerAwaySince: ago(40) }],
    ['before this gateway has watched long enough to hear anybody', { watchingSince: ago(5) }],
    ['after the program died', {}],
  ];

  it.each(unheard)('keeps the alerts of a program that is not heard %s, and opens none', (_when, given) => {
    const last = (said: Partial<EdgeInstanceRow>): Partial<WatchFacts> => ({ ...given, programs: [program({ ...silence, ...said })] });
    for (const [name, said] of [['spool-backlog', spool], ['journal-old', journal], ['redis-unsafe', redis]] as const) {
      expect([name, closed(name, 'centre-adapter', last(said)), opened(name, last(said))]).toEqual([name, false, []]);
    }
    expect([closed('circuit-open', 'centre', { ...troubled, ...last({}) }), opened('circuit-open', { ...troubled, ...last({}) })]).toEqual([false, []]);
  });

  it('is told by the next report, even of another program of the same Redis', () => {
    const programs = [program({ ...silence, ...spool, ...journal, ...redis }), program({ instance: 'other' })];
    for (const name of ['spool-backlog', 'journal-old', 'redis-unsafe'] as const) expect([name, closed(name, 'centre-adapter', { programs })]).toEqual([name, true]);
  });

  it('is forgotten with the program', () => {
    for (const name of ['spool-backlog', 'journal-old', 'redis-unsafe'] as const) expect(closed(name, 'centre-adapter', { programs: [] })).toBe(true);
  });

  it('is what figures say that are missing while Redis does not answer: they close nothing', () => {
    const programs = [program({ spool_waiting: null, journal_entries: null, redis_durable: null })];
    for (const name of ['spool-backlog', 'journal-old', 'redis-unsafe'] as const) expect([name, closed(name, 'centre-adapter', { programs })]).toEqual([name, false]);
  });

  it('of an endpoint, is told once a program was started in place of the silent one, but not before everybody had time to report', () => {
    const programs = [program(silence), program({ instance: 'successor', first_seen_at: ago(20) })];
    const circuits = [...troubled.circuits ?? [], circuit({ instance: 'successor' })];
    expect(closed('circuit-open', 'centre', { programs, circuits })).toBe(true);
    expect(closed('circuit-open', 'centre', { programs, circuits, watchingSince: ago(5) })).toBe(false);
  });
});

describe('a late canary', () => {
  const fact = (given: Partial<CanaryFact> = {}): CanaryFact => (
    { hall_code: '410204', first_at: ago(3_600), last_at: ago(20), refused: null, round_at: ago(60), round_seconds: 2, ...given });
  /** The adapter has sent canaries of these halls for so many seconds. */
  const sending = (halls: string[] | null, seconds = 3_600, given: Partial<EdgeInstanceRow> = {}): EdgeInstanceRow =>
    program({ app: 'district-adapter', canary_halls: halls, first_seen_at: ago(seconds), ...given });
  const both = [sending(['410204']), sending(['410202'], 3_600, { instance: 'two' })];
  const late = (...given: Partial<CanaryFact>[]): string[] => opened('canary-late', { programs: both, canaries: [fact({ hall_code: '410202' }), ...given.map(fact)] });

  it('is an alert for its hall alone when none has come round for three minutes', () => {
    expect(late({ round_at: ago(179) })).toEqual([]);
    expect(late({ round_at: ago(181) })).toEqual(['hall:410204']);
    expect(late({ round_at: null, round_seconds: null })).toEqual(['hall:410204']);
    expect(closed('canary-late', 'hall:410204', { programs: both, canaries: [fact()] })).toBe(true);
  });

  it('is missed as well when none ever got in, as soon as its adapter has sent for three minutes, restarts included', () => {
    expect(opened('canary-late', { programs: [sending(['410204'], 179)] })).toEqual([]);
    expect(opened('canary-late', { programs: [sending(['410204'], 181)] })).toEqual(['hall:410204']);
    const before = sending(['410204'], 600, { instance: 'before', seen_at: ago(130), stopped_at: ago(130) });
    expect(opened('canary-late', { programs: [before, sending(['410204'], 120)] })).toEqual(['hall:410204']);
  });

  it('is not expected where no adapter sends it, nor for a while after they were switched on again', () => {
    const old = [fact({ round_at: ago(7_000) })];
    expect(closed('canary-late', 'hall:410204', { programs: [sending([])], canaries: old })).toBe(true);
    expect(opened('canary-late', { programs: [sending(null)], canaries: old })).toEqual([]);
    const switchedOff = sending(['410204'], 9_000, { instance: 'before', seen_at: ago(1_000), stopped_at: ago(1_000) });
    expect(opened('canary-late', { programs: [switchedOff, sending(['410204'], 100)], canaries: old })).toEqual([]);
  });

  it('stays an alert while the adapter that sends it is silent, whether another is there or the broker is away', () => {
    const silent = sending(['410204'], 3_600, { seen_at: ago(300) });
    const old = [fact({ round_at: ago(600) })];
    for (const given of [{ programs: [silent] }, { programs: [silent, sending([], 3_600, { instance: 'two' })] }, { programs: [silent], brokerAwaySince: ago(300) }]) {
      expect([closed('canary-late', 'hall:410204', { ...given, canaries: old }), opened('canary-late', { ...given, canaries: old })]).toEqual([false, []]);
    }
  });

  it('is told, when it was refused, why, and what to do about it', () => {
    const [alert] = judgeAlerts({ 'canary-late': CONDITIONS['canary-late'] }, facts({ programs: both, canaries: [fact({ round_at: null, refused: 'no-permission' })] }), limits, []).open;
    expect(alert?.detail_zh).toMatch(/鼓楼区.*no-permission.*jiujin-canary/);
  });

  it('proves nothing before this gateway has watched as long, but stays open', () => {
    const young = { programs: both, watchingSince: ago(100), canaries: [fact({ round_at: ago(600) })] };
    expect(opened('canary-late', young)).toEqual([]);
    expect(closed('canary-late', 'hall:410204', young)).toBe(false);
  });

  it('is no alert where that is switched off', () => {
    const canaries = [fact({ round_at: ago(600) })];
    expect(judgeAlerts({ 'canary-late': CONDITIONS['canary-late'] }, facts({ programs: both, canaries }), { ...limits, canaryMs: 0 }, []).open).toEqual([]);
  });
});

describe('evidence that falls behind', () => {
  it('is an alert once messages have waited for their seal too long, and over when all are sealed', () => {
    expect(opened('evidence-late', { evidenceCaughtUpAt: ago(290) })).toEqual([]);
    expect(opened('evidence-late', { evidenceCaughtUpAt: ago(310) })).toEqual(['evidence']);
    expect(closed('evidence-late', 'evidence', { evidenceCaughtUpAt: ago(5) })).toBe(true);
  });

  it('is none yet for a gateway that just came and has had no time to seal', () => {
    const young = { evidenceCaughtUpAt: ago(9_000), watchingSince: ago(30) };
    expect([opened('evidence-late', young), closed('evidence-late', 'evidence', young)]).toEqual([[], false]);
  });
});
