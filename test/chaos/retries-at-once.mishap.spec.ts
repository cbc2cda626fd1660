import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { premise, until, withDatabase, withRedis, withVhost } from '#test';
import { Redis } from 'ioredis';
import { eventOf, newProjectNo } from '../../apps/gateway/src/case-events.fixture.ts';
import { percentile } from './figures.ts';
import { GatewayAlone, withGatewayAlone } from './gateway-alone.fixture.ts';

/** With another number it can be measured by hand what a longer outage would leave behind. */
const RETRIES = Number(process.env['RETRIES'] ?? 20_000);
const RUN_MS = 200_000 + RETRIES * 10;
/** All of them, after the moment at which their timers are there. */
const DUE_IN_S = 5 + Math.ceil(RETRIES / 4_000);
const LIVE_EVERY_MS = 250;
/** On a quiet machine a live case waits for less than a second. */
const LIVE_MS = 15_000;
/** What it may hold more than before, whatever the number. */
const MORE_MIB = 80;

const CASES = `INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object('project_no', 'R-' || n))).* FROM cases c, generate_series(1, $2::int) n WHERE c.project_no = $1`;
const TRANSFERS = `INSERT INTO transfers SELECT (jsonb_populate_record(t, jsonb_build_object(
  'id', 'tr_' || lpad(n::text, 27, '0'), 'project_no', 'R-' || n, 'status', 'retry_wait', 'receipt_due_at', null, 'next_attempt_at', now() + $3::int * interval '1 second'
))).* FROM transfers t, generate_series(1, $2::int) n WHERE t.project_no = $1`;

describe('a gateway with very many retries that come due at the same moment', () => {
  const startGateway = withGatewayAlone(() => gateway);
  const [vhost, redis, database] = [withVhost(), withRedis(), withDatabase()];
  const gateway = new GatewayAlone({
    redisPrefix: redis.prefix,
    get rabbitmq() { return vhost.url; },
    get redis() { return redis.url; },
    get database() { return database.url; },
    get ledger() { return database.url; },
  }, { takesOrders: true });
  startGateway();

  const arrived = new Map<string, number>();
  const retries = new Map<string, number>();

  /** Cases that are received all the while; gives how long each took until its order was out, in milliseconds. */
  async function live(over: () => boolean): Promise<number[]> {
    const took: Promise<number>[] = [];
    while (!over()) {
      took.push(liveCase());
      await pause(LIVE_EVERY_MS);
    }
    return Promise.all(took);
  }

  async function liveCase(): Promise<number> {
    const subject = newProjectNo();
    await gateway.adapter.say(eventOf('case.received', { subject }));
    const saidAt = performance.now();
    await until(() => arrived.has(subject), { within: LIVE_MS * 3, every: 20, what: 'the order of a case that is received meanwhile' });
    return Math.max(0, (arrived.get(subject) ?? 0) - saidAt);
  }

  it('starts each once, in bounded memory, and what comes in meanwhile does not wait for them', async () => {
    const subject = newProjectNo();
    gateway.adapter.answering = ({ order }) => {
      if (order.projectNo.startsWith('R-')) retries.set(order.transferId, (retries.get(order.transferId) ?? 0) + 1);
      else arrived.set(order.projectNo, performance.now());
      return order.projectNo === subject ? [{ outcome: 'retryable', httpStatus: 503, retryAfterMs: 3_600_000 }] : [{}].slice(order.projectNo.startsWith('R-') ? 1 : 0);
    };
    await gateway.adapter.say(eventOf('case.received', { subject }));
    await gateway.count("SELECT count(*) FROM transfers WHERE status = 'retry_wait'", 1, LIVE_MS);
    const before = gateway.peakMiB;

    await gateway.ask(CASES, [subject, RETRIES]);
    await gateway.ask(TRANSFERS, [subject, RETRIES, DUE_IN_S]);
    const dueAt = performance.now() + DUE_IN_S * 1_000;
    // Emptied, Redis gets every timer back from the ledger.
    const client = new Redis(redis.url);
    await client.flushdb();
    client.disconnect();

    const isOver = (): boolean => retries.size >= RETRIES;
    const [took] = await Promise.all([live(isOver), until(isOver, { within: RUN_MS - LIVE_MS, every: 50, what: 'all retries' })]);
    const seconds = (performance.now() - dueAt) / 1_000;
    const { peakMiB } = gateway;
    if (process.env['RETRIES'] !== undefined) process.stderr.write(`${JSON.stringify({ retries: RETRIES, seconds, before, peakMiB, live: took.length, p50: percentile(took, 0.5), p95: percentile(took, 0.95), max: Math.max(...took) })}\n`);

    expect([...retries.values()].filter((times) => times !== 1)).toEqual([]);
    expect(peakMiB).toBeLessThan(before + MORE_MIB);
    premise(took.length > 10, 'hardly a case came in while the retries were due');
    expect(Math.max(...took)).toBeLessThan(LIVE_MS);
  }, RUN_MS);
});
