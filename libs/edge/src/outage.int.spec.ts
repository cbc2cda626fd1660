import { randomUUID } from 'node:crypto';
import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, type Channel, type ChannelModel } from 'amqplib';
import { partsOf, type IncomingMessage, type Settlement } from '#bus';
import {
  completionUpdatesQueue, edgeStatusProblems, EXCHANGES, QUEUES, topologyFor, transferRoute, type DeliveryReceipt, type Destination, type EdgeStatus,
} from '#contracts';
import { createLogger, KeyRing, loadConfig, type RunningApp } from '#runtime';
import { until, withRedis, withVhost } from '../../../test/support/index.ts';
import { DeliverOrders } from './deliver-orders.ts';
import { EdgeConfig } from './edge.config.ts';
import { EdgeModule } from './edge.module.ts';
import { MANNERS, TestEndpoint, type Manners } from './endpoint.fixture.ts';
import { parseEndpoints } from './endpoints.ts';
import { startEdgeApp } from './start-edge-app.ts';

const HALLS = ['410202', '410203', '410204', '410205'];
const DOWN_HALL = 'hall:410204';
const THRESHOLD = 8;
const within = 40_000;
/** Far less than an order may be held, or an attempt may last. */
const STOP_MS = 20_000;
const LEDGER_KEYS = KeyRing.generateJson();
const ring = KeyRing.fromJson(LEDGER_KEYS);

const receipts: (DeliveryReceipt & { readonly seenAt: number })[] = [];
const statuses: EdgeStatus[] = [];
/** The instances of earlier tests: their last reports may still be on their way. */
const former = new Set<string>();
const apps = new Set<RunningApp>();
const places: TestEndpoint[] = [];
let lines: string[] = [];
let broker: ChannelModel;
let channel: Channel;

// Before the fixtures' own hooks: the vhost goes only after those who use it.
afterAll(() => broker.close());
afterEach(async () => {
  await Promise.all([...apps].map((app) => app.close()));
  apps.clear();
  await Promise.all(places.splice(0).map((place) => place.stop()));
  for (const queue of [...HALLS.map(completionUpdatesQueue), QUEUES.workItems]) await channel.purgeQueue(queue);
  lines = [];
  for (const { instance } of statuses.splice(0)) former.add(instance);
});

const vhost = withVhost();
const redis = withRedis();

beforeAll(async () => {
  broker = await connect(vhost.url);
  channel = await broker.createChannel();
});

async function endpoint(manners: Manners = MANNERS.wellBehaved): Promise<TestEndpoint> {
  const place = await new TestEndpoint().start();
  place.manners = manners;
  places.push(place);
  return place;
}

type App = 'district-adapter' | 'centre-adapter';

function consumerOf(queues: string[]): object {
  @Controller()
  class TransferConsumer {
    private readonly orders: DeliverOrders;

    constructor(orders: DeliverOrders) {
      this.orders = orders;
    }

    @EventPattern(queues)
    deliver(@Payload() batch: IncomingMessage[]): Promise<Settlement[]> {
      return this.orders.run(batch);
    }
  }
  return TransferConsumer;
}

@Module({})
class Adapter {
  static of(edge: DynamicModule, consumer: object): DynamicModule {
    return { module: Adapter, imports: [edge], controllers: [consumer as never] };
  }
}

/** An adapter as it runs, in this process: a door, the bus, and endpoints of its own. */
async function start(app: App, endpoints: Partial<Record<Destination, object>>, settings: Record<string, string> = {}): Promise<RunningApp> {
  const config = Object.assign(loadConfig(EdgeConfig, {
    RABBITMQ_URL: vhost.url, REDIS_URL: redis.url, REDIS_PREFIX: redis.prefix, LEDGER_KEYS, INGRESS_KEYS: '{}', ENDPOINTS: JSON.stringify(endpoints),
    CIRCUIT_PROBE_MS: '60', CIRCUIT_PROBE_MAX_MS: '300', CIRCUIT_FAILURES: String(THRESHOLD), ...settings,
  }), { port: 0 });
  const logger = createLogger(app, { level: 'info', destination: { write: (line) => { lines.push(line); } } });
  const edge = EdgeModule.forRoot({
    app, config, logger, topology: topologyFor(HALLS), keys: new Map(), endpoints: parseEndpoints(config.endpoints),
    ...(app === 'centre-adapter' ? { route: 'outcome', to: 'hall' } : { route: 'intake', to: 'centre' }),
  });
  const queues = app === 'centre-adapter' ? [QUEUES.workItems] : HALLS.map(completionUpdatesQueue);
  const running = await startEdgeApp(Adapter.of(edge, consumerOf(queues)), config, logger);
  apps.add(running);
  await listen();
  return running;
}

async function stop(running: RunningApp): Promise<void> {
  apps.delete(running);
  await running.close();
}

let listening = false;
/** Takes the gateway's place at the queues it would consume. */
async function listen(): Promise<void> {
  if (listening) return;
  listening = true;
  await channel.prefetch(500);
  const take = <T>(queue: string, use: (body: T) => void): Promise<unknown> => channel.consume(queue, (message) => {
    if (message === null) return;
    for (const { content, properties } of partsOf(message)) use(JSON.parse(ring.open(Number(properties.headers?.['x-key-version']), content).toString()) as T);
    channel.ack(message);
  });
  await take<DeliveryReceipt>(QUEUES.receipts, (receipt) => { receipts.push({ ...receipt, seenAt: performance.now() }); });
  await take<EdgeStatus>(QUEUES.edgeStatus, (status) => { if (!former.has(status.instance)) statuses.push(status); });
}

function order(destination: Destination, change: object = {}): string {
  const transferId = `tr_${randomUUID()}`;
  const sealed = ring.seal(Buffer.from(JSON.stringify({ transferId, projectNo: 'P-1', destination, kind: 'result', attempt: 1, payload: {}, ...change })));
  channel.publish(EXCHANGES.transfers, transferRoute(destination), sealed.bytes, {
    persistent: true, messageId: transferId, type: 'transfer.order', headers: { 'x-key-version': sealed.version },
  });
  return transferId;
}

const several = (count: number, destination: Destination): string[] => Array.from({ length: count }, () => order(destination));
const receiptsOf = (ids: readonly string[]): typeof receipts => receipts.filter(({ transferId }) => ids.includes(transferId));
const burntOf = (ids: readonly string[]): typeof receipts => receiptsOf(ids).filter(({ outcome }) => outcome !== 'delivered');
const deliveredOf = (ids: readonly string[]): string[] => receiptsOf(ids).filter(({ outcome }) => outcome === 'delivered').map(({ transferId }) => transferId);
const queueOf = (destination: Destination): string => (destination === 'centre' ? QUEUES.workItems : completionUpdatesQueue(destination.slice(5)));
const readyIn = async (destination: Destination): Promise<number> => (await channel.checkQueue(queueOf(destination))).messageCount;
const lastState = (destination: Destination): string | undefined => statuses.at(-1)?.circuits.find((circuit) => circuit.destination === destination)?.state;
const circuitLines = (): string[] => lines.filter((line) => line.includes('"event":"circuit"')).map((line) => (JSON.parse(line) as { to: string }).to);

/** Waits until every one of them is settled for good, those that were burnt aside. */
async function allDelivered(ids: readonly string[]): Promise<void> {
  await until(() => new Set(receiptsOf(ids).map(({ transferId }) => transferId)).size === ids.length, { within: 40_000, what: 'a receipt for each order' });
}

describe('a hall that hangs', () => {
  /** Longer than all the others take: whatever waits for this hall waits for its time-out, and no machine is so busy. */
  const HANG_MS = 60_000;
  const well: Destination[] = ['hall:410202', 'hall:410203', 'hall:410205', 'centre'];

  it('slows no other hall and not the centre', async () => {
    const [slow, second, third, fourth, centre] = await Promise.all([endpoint(), endpoint(), endpoint(), endpoint(), endpoint()]);
    await start('district-adapter', {
      [DOWN_HALL]: slow.entry({ timeoutMs: HANG_MS }), 'hall:410202': second.entry(), 'hall:410203': third.entry(), 'hall:410205': fourth.entry(),
    });
    await start('centre-adapter', { centre: centre.entry() });
    await roundTripOf(20);
    const without = await roundTripOf(60);
    slow.manners = MANNERS.hanging;
    const stuck = several(150, DOWN_HALL);
    await until(() => slow.posts.length >= 32, { within, what: 'the hall to hang over as many transfers as it has connections' });
    const during = await roundTripOf(60);
    // Every one of the others has come and gone before the first attempt of the hall that hangs is over.
    expect(receiptsOf(stuck)).toEqual([]);
    // Of the same order of magnitude, whatever this machine is busy with: a stall of some seconds is none of most of them.
    expect(during).toBeLessThan(Math.max(without, 1_000) * 10);
    await slow.stop();
  });

  /** The median from publishing an order to its receipt, of so many orders to each of those that are well, a few at a time. */
  async function roundTripOf(count: number): Promise<number> {
    const times = await Promise.all(well.map(async (destination) => {
      const found: number[] = [];
      for (let done = 0; done < count; done += 10) {
        const begun = performance.now();
        const ids = several(10, destination);
        await until(() => receiptsOf(ids).length === 10, { within, every: 5 });
        found.push(...receiptsOf(ids).map(({ seenAt }) => seenAt - begun));
      }
      return found;
    }));
    const sorted = times.flat().sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Infinity;
  }
});

describe('an endpoint that is down', () => {
  it('has its queue consumed no more, is told to the gateway and once to the log, and gets everything later', async () => {
    const place = await endpoint();
    await place.stop();
    await start('district-adapter', { [DOWN_HALL]: place.entry(), 'hall:410202': (await endpoint()).entry() });
    const ids = several(20, DOWN_HALL);
    await allAccountedFor(ids);
    const left = await readyIn(DOWN_HALL);
    // There are hands free, but nobody reaches for these.
    ids.push(...several(80, DOWN_HALL));
    expect(deliveredOf(await throughAnotherHall())).toHaveLength(1);
    expect(await readyIn(DOWN_HALL)).toBe(left + 80);
    expect(statuses.at(-1)).toMatchObject({
      app: 'district-adapter', redisDurable: true, spool: { waiting: 0 }, journal: { entries: 0 },
      circuits: [{ destination: DOWN_HALL, state: 'open', reason: 'connection-refused', window: 0 }, { destination: 'hall:410202', state: 'closed' }],
    });
    expect(statuses.flatMap(edgeStatusProblems)).toEqual([]);
    expect(burntOf(ids).length).toBeLessThan(THRESHOLD);

    await place.start();
    await allDelivered(ids);
    await until(() => lastState(DOWN_HALL) === 'closed', { within });
    expect(burntOf(ids).length).toBeLessThan(THRESHOLD);
    for (const id of deliveredOf(ids)) expect(place.timesApplied(id)).toBe(1);
    expect(circuitLines()).toEqual(['open', 'half-open', 'slow-start', 'closed']);
    // A line for each transfer would drown the four that matter.
    expect(lines.filter((line) => ids.some((id) => line.includes(id)))).toEqual([]);
  });

  it('stays so over a lost connection to the broker, and gets each transfer once', async () => {
    const place = await endpoint();
    await place.stop();
    await start('district-adapter', { [DOWN_HALL]: place.entry(), 'hall:410202': (await endpoint()).entry() });
    const ids = several(20, DOWN_HALL);
    await allAccountedFor(ids);
    const known = new Set(statuses);
    await dropConnectionsOf('district-adapter');
    await until(async () => await readyIn(DOWN_HALL) + burntOf(ids).length === 20, { within, what: 'the orders in hand, handed back by the broker' });
    await until(() => statuses.some((status) => !known.has(status)), { within, what: 'a report over the new connection' });
    await throughAnotherHall();
    expect(await readyIn(DOWN_HALL)).toBe(20 - burntOf(ids).length);

    await place.start();
    await allDelivered(ids);
    await until(async () => await readyIn(DOWN_HALL) === 0, { within });
    for (const id of deliveredOf(ids)) expect(place.timesApplied(id)).toBe(1);
    expect(burntOf(ids).length).toBeLessThan(THRESHOLD);
  });

  /** Until the circuit is open and each is in hand, burnt, or in the queue: those that had not been handed over when it opened stay there. */
  async function allAccountedFor(ids: readonly string[]): Promise<void> {
    await until(async () => {
      const circuit = statuses.at(-1)?.circuits.find(({ destination }) => destination === DOWN_HALL);
      return circuit?.state === 'open' && circuit.held + burntOf(ids).length + await readyIn(DOWN_HALL) === ids.length;
    }, { within, what: 'the report that the circuit is open, with what is held' });
  }

  /** A transfer to a hall that is well, from end to end: what the adapter would do at once is done by then. */
  async function throughAnotherHall(): Promise<string[]> {
    const ids = several(1, 'hall:410202');
    await allDelivered(ids);
    return ids;
  }

  async function dropConnectionsOf(app: string): Promise<void> {
    const all = await until(async () => {
      const found = await vhost.api<{ name: string; vhost: string; client_properties: { connection_name?: string } }[]>('GET', `vhosts/${vhost.name}/connections`);
      const own = found.filter(({ client_properties: { connection_name: name = '' } }) => name.startsWith(app));
      return own.length >= 2 ? own : null;
    }, { within, what: 'the connections in the management view' });
    await Promise.all(all.map(({ name }) => vhost.api('DELETE', `connections/${encodeURIComponent(name)}`).catch(() => undefined)));
  }

  it('is no reason to stop slowly: what is in hand goes back to the queue, and another instance delivers it', async () => {
    const place = await endpoint();
    await place.stop();
    const first = await start('district-adapter', { [DOWN_HALL]: place.entry() });
    const ids = several(60, DOWN_HALL);
    await until(() => statuses.at(-1)?.circuits[0]?.state === 'open', { within });
    const begun = performance.now();
    await stop(first);
    expect(performance.now() - begun).toBeLessThan(STOP_MS);
    await until(async () => await readyIn(DOWN_HALL) + burntOf(ids).length === 60, { within, what: 'every unburnt order back in its queue' });

    await place.start();
    await start('district-adapter', { [DOWN_HALL]: place.entry() });
    await allDelivered(ids);
    for (const id of deliveredOf(ids)) expect(place.timesApplied(id)).toBe(1);
  });

  it('and hangs for a minute is no reason either', async () => {
    const place = await endpoint(MANNERS.hanging);
    const running = await start('district-adapter', { [DOWN_HALL]: place.entry({ timeoutMs: 60_000 }) });
    const ids = several(40, DOWN_HALL);
    await until(() => place.posts.length === 32, { within });
    const begun = performance.now();
    await stop(running);
    expect(performance.now() - begun).toBeLessThan(STOP_MS);
    await until(async () => await readyIn(DOWN_HALL) === 40, { within });
    expect(receiptsOf(ids)).toEqual([]);
  });
});

describe('two instances of an adapter', () => {
  it('open and close each their own circuit, and lose and double nothing of an endpoint that flaps', async () => {
    const place = await endpoint();
    const entry = place.entry({ verify: place.verify, timeoutMs: 2_000 });
    await start('district-adapter', { [DOWN_HALL]: entry });
    await start('district-adapter', { [DOWN_HALL]: entry });
    const ids: string[] = [];
    for (let round = 0; round < 6; round += 1) {
      ids.push(...several(40, DOWN_HALL));
      await until(() => deliveredOf(ids).length > round * 10, { within });
      const contacts = place.posts.length + place.heads;
      place.manners = [MANNERS.hanging, MANNERS.refusingAll, MANNERS.droppingAfterWork][round % 3] ?? MANNERS.hanging;
      ids.push(...several(40, DOWN_HALL));
      await until(() => place.posts.length + place.heads > contacts + 10, { within, what: 'the fall to be felt' });
      place.manners = MANNERS.wellBehaved;
    }
    await allDelivered(ids);
    for (const id of ids) expect(place.timesApplied(id)).toBeLessThanOrEqual(1);
    for (const id of deliveredOf(ids)) expect(place.timesApplied(id)).toBe(1);
    expect(burntOf(ids).length).toBeLessThanOrEqual((THRESHOLD - 1) * (openings() + 2) + circuitLines().filter((to) => to === 'half-open').length);
  });

  const openings = (): number => circuitLines().filter((to) => to === 'open').length;
});

describe('an order of an older attempt that was left in the queue', () => {
  it('is not sent after the newer one, which may carry a mended payload; the receiver hears of the transfer once', async () => {
    const place = await endpoint();
    await start('centre-adapter', { centre: place.entry() });
    const transferId = order('centre', { attempt: 2, payload: { amount: '2.00' } });
    await allDelivered([transferId]);
    order('centre', { transferId, attempt: 1, payload: { amount: '1.00' } });
    await allDelivered([order('centre')]);
    await until(async () => await readyIn('centre') === 0, { within });
    expect(receiptsOf([transferId]).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([[2, 'delivered']]);
    expect(place.timesApplied(transferId)).toBe(1);
  });

  it('that goes before the newer one is all that takes effect where the receiver is asked first, and the receipt of the newer one says so', async () => {
    const place = await endpoint();
    await start('centre-adapter', { centre: place.entry({ verify: place.verify }) });
    const transferId = order('centre', { attempt: 1, payload: { amount: '1.00' } });
    await allDelivered([transferId]);
    order('centre', { transferId, attempt: 2, payload: { amount: '2.00' } });
    await until(() => receiptsOf([transferId]).length === 2, { within, what: 'the receipt of the newer attempt' });
    expect(receiptsOf([transferId])).toMatchObject([{ attempt: 1, outcome: 'delivered', errorDetail: null }, { attempt: 2, outcome: 'delivered', errorDetail: expect.stringContaining('对方已收到') }]);
    expect(place.timesApplied(transferId)).toBe(1);
  });
});
