import { beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { premise, withDatabase, withRedis, withVhost } from '#test';
import { eventOf, newProjectNo } from '../../apps/gateway/src/case-events.fixture.ts';
import { GatewayAlone, withGatewayAlone } from './gateway-alone.fixture.ts';
import { withProxy } from './proxy.fixture.ts';

const EVENTS = 12_000;
const AT_ONCE = 500;
/** Each way: a statement takes twice that at least, and a batch has about a dozen. */
const SLOW_MS = 40;
const BATCHES_WHILE_SLOW = 5;
const RUN_MS = 500_000;
const STEP_MS = 200_000;
const LOOK_EVERY_MS = 500;
/** As many messages as the gateway asks the broker for on a queue of bundles. */
const PREFETCH = 32;
const BATCH = 200;
/** What it may hold more than before: the events that wait are many times that. */
const MORE_MIB = 80;

interface Queue { readonly messages_unacknowledged?: number }

const APPLIED = "SELECT count(*) FROM events WHERE type = 'case.received' AND outcome = 'applied'";

describe('a gateway whose database has become slow', () => {
  const startGateway = withGatewayAlone(() => gateway);
  const [vhost, redis, database] = [withVhost(), withRedis(), withDatabase()];
  const way = withProxy(() => database.url);
  const gateway = new GatewayAlone({
    redisPrefix: redis.prefix,
    get rabbitmq() { return vhost.url; },
    get redis() { return redis.url; },
    get database() { return way.url; },
    get ledger() { return database.url; },
  }, { takesOrders: false });
  startGateway();

  const inHand: number[] = [];
  let before = 0;
  beforeAll(() => { before = gateway.peakMiB; });

  /** Looks at the queue until this comes to an end. */
  async function watched(work: Promise<unknown>): Promise<void> {
    let over = false;
    const done = work.finally(() => { over = true; });
    const looking = async (): Promise<void> => {
      while (!over) {
        const queue = await vhost.api<Queue>('GET', `queues/${vhost.name}/gateway.intake`);
        inHand.push(queue.messages_unacknowledged ?? 0);
        await pause(LOOK_EVERY_MS);
      }
    };
    await Promise.all([done, looking()]);
  }

  /** How many of all events are not yet in the ledger when the last of them has been said. */
  async function sayAll(): Promise<number> {
    for (let said = 0; said < EVENTS; said += AT_ONCE) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => gateway.adapter.say(eventOf('case.received', { subject: newProjectNo() }))));
    }
    const [applied] = await gateway.ask<{ count: string }>(APPLIED);
    return EVENTS - Number(applied?.count);
  }

  it('holds no more than it asked for while tens of thousands of events wait, and applies them all', async () => {
    way.proxy.weather = { slowMs: SLOW_MS };
    const saying = sayAll();
    await watched(Promise.all([saying, gateway.count(APPLIED, BATCHES_WHILE_SLOW * BATCH, STEP_MS)]));
    const whileSlow = gateway.peakMiB;
    way.proxy.weather = 'clear';
    await watched(gateway.count(APPLIED, EVENTS, STEP_MS));

    premise(await saying > EVENTS / 2, 'most events were in the ledger before the last was said');
    expect(Math.max(...inHand)).toBeGreaterThan(0);
    expect(Math.max(...inHand)).toBeLessThanOrEqual(PREFETCH);
    expect(whileSlow).toBeLessThan(before + MORE_MIB);
    expect(gateway.peakMiB).toBeLessThan(before + MORE_MIB);
    expect(await gateway.ask('SELECT status, count(*)::int FROM transfers GROUP BY status')).toEqual([{ status: 'in_flight', count: EVENTS }]);
  }, RUN_MS);
});
