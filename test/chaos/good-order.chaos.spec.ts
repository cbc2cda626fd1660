import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until, withDatabase, withRedis, withVhost } from '#test';
import { statusOf } from '../../local/programs/control.ts';
import { BRIDGE_PROGRAMS, type BridgeProgram } from '../../local/programs/plans.ts';
import { RunningBridge } from '../journeys/running-bridge.fixture.ts';
import { withProxy } from './proxy.fixture.ts';

const RUN_MS = 180_000;
const CASES = 36;
const RATE = 12;
/** A supervisor kills after this. */
const GRACE_MS = 10_000;

const SOON = { RECEIPT_PATIENCE_MS: '3000', SWEEP_INTERVAL_MS: '500', RETRY_BASE_MS: '200', RETRY_MARGIN_MS: '1000' };

interface End { readonly name: BridgeProgram; readonly how: string; readonly tookMs: number }
interface Queue { readonly name: string; readonly messages_unacknowledged?: number }

describe('a program that is asked to end under load', () => {
  afterAll(() => bridge.stop(), RUN_MS);
  const [vhost, redis, database] = [withVhost(), withRedis(), withDatabase()];
  const ways = { RabbitMQ: withProxy(() => vhost.url), Redis: withProxy(() => redis.url), PostgreSQL: withProxy(() => database.url) };
  const bridge = new RunningBridge({ seed: 71, env: { gateway: SOON } }, {
    redisPrefix: redis.prefix,
    get rabbitmq() { return ways.RabbitMQ.url; },
    get redis() { return ways.Redis.url; },
    get database() { return ways.PostgreSQL.url; },
  });
  let cases = 0;
  beforeAll(() => bridge.start(), RUN_MS);
  beforeEach(async () => {
    const { started } = (await statusOf(bridge.url('platform'))).cases;
    await bridge.begin({ cases: CASES, rate: RATE });
    cases += CASES;
    await until(async () => (await statusOf(bridge.url('platform'))).cases.started >= started + RATE, { within: RUN_MS, what: 'cases under way' });
  }, RUN_MS);

  const unacknowledged = async (names: readonly BridgeProgram[]): Promise<string[]> => {
    const queues = await vhost.api<Queue[]>('GET', `queues/${vhost.name}`);
    return queues.filter(({ name, messages_unacknowledged: open = 0 }) => open > 0 && names.some((app) => name.startsWith(`${app}.`))).map(({ name }) => name);
  };

  /** Ends them all at once and says how each ended. */
  const end = (names: readonly BridgeProgram[]): Promise<End[]> => Promise.all(names.map(async (name) => ({ name, ...await bridge.terminate(name) })));

  /** Each ended as it should; started again, they bring every case to its end, and both parties' records agree. */
  const seeThrough = async (names: readonly BridgeProgram[], ends: readonly End[]): Promise<void> => {
    await Promise.all(names.map((name) => bridge.launch(name)));
    await bridge.finished();
    expect(ends.filter(({ how, tookMs }) => how !== 'exit code 0' || tookMs >= GRACE_MS)).toEqual([]);
    expect(await bridge.check()).toMatchObject({ ok: true, cases, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, stuckCount: 0, failed: 0, findings: [] });
  };

  it.each(BRIDGE_PROGRAMS)('%s: gives back what it had not finished, and nothing is lost', async (name) => {
    const ends = await end([name]);
    await until(async () => (await unacknowledged([name])).length === 0, { within: GRACE_MS, every: 200, what: `nothing unacknowledged in the queues of ${name}` });
    await seeThrough([name], ends);
  }, RUN_MS);

  it('centre-adapter: does not wait for a centre that hangs', async () => {
    await bridge.disturb('centre', { hang: 1 });
    const { received } = (await statusOf(bridge.url('centre'))).effects;
    await until(async () => (await unacknowledged(['centre-adapter'])).length > 0, { within: RUN_MS, what: 'attempts in hand' });
    const ends = await end(['centre-adapter']);
    expect((await statusOf(bridge.url('centre'))).effects.received).toBe(received);
    await bridge.disturb('centre', {});
    await seeThrough(['centre-adapter'], ends);
  }, RUN_MS);

  it.each(['RabbitMQ', 'Redis', 'PostgreSQL'] as const)('all three: do not wait for %s when it is gone', async (server) => {
    const { proxy } = ways[server];
    proxy.weather = 'cut';
    const ends = await end(BRIDGE_PROGRAMS);
    proxy.weather = 'clear';
    await seeThrough(BRIDGE_PROGRAMS, ends);
  }, RUN_MS);

  it.each(['RabbitMQ', 'Redis', 'PostgreSQL'] as const)('all three: do not wait for %s when it hangs', async (server) => {
    ways[server].proxy.weather = 'silent';
    const ends = await end(BRIDGE_PROGRAMS);
    ways[server].proxy.weather = 'clear';
    await seeThrough(BRIDGE_PROGRAMS, ends);
  }, RUN_MS);
});
