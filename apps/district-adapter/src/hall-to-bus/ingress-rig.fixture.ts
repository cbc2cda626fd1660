import { randomUUID } from 'node:crypto';
import { connect, type Channel, type ChannelModel, type GetMessage } from 'amqplib';
import { Redis } from 'ioredis';
import { partsOf } from '#bus';
import { EXCHANGES, QUEUES, recordedRoute } from '#contracts';
import { KeyRing, type RunningApp } from '#runtime';
import example from '../../../../libs/contracts/examples/case.received.json' with { type: 'json' };
import { until } from '../../../../test/support/index.ts';
import { eventLike, LEDGER_KEYS, signedHeaders, startAdapter, Wire, type Signing } from '../district-adapter.fixture.ts';

export const PATH = '/v1/halls/410204/intake-events';
export const BATCH = 'application/cloudevents-batch+json';
const received = { ...example, data: { ...example.data, receivedAt: '2026-01-05T09:30:00+08:00' } };

export type Adapter = RunningApp & { readonly origin: string };

export interface Arrived {
  readonly id: string;
  readonly subject: string;
  readonly headers: Record<string, unknown>;
}

/** An event of a case; each has an id of its own. */
export function eventOf(subject: string): typeof received & { id: string } {
  return eventLike(received, { subject });
}

/** A new case's number. */
export function caseNo(): string {
  return `410204-${randomUUID().slice(0, 23)}`;
}

/** Adapters whose ways to RabbitMQ and Redis can be cut or stalled, and a hand in both servers that nothing cuts. */
export class IngressRig {
  readonly brokerWire: Wire;
  readonly redisWire: Wire;
  readonly redis: Redis;
  readonly #urls: { broker: string; redis: string; prefix: string };
  readonly #adapters: Adapter[] = [];
  #broker: ChannelModel | undefined;
  #channel: Channel | undefined;

  constructor(urls: { broker: string; redis: string; prefix: string }) {
    this.#urls = urls;
    this.brokerWire = new Wire(new URL(urls.broker), 5672);
    this.redisWire = new Wire(new URL(urls.redis), 6379);
    this.redis = new Redis(urls.redis);
  }

  async open(): Promise<void> {
    await Promise.all([this.brokerWire.open(), this.redisWire.open()]);
    this.#broker = await connect(this.#urls.broker);
    this.#channel = await this.#broker.createChannel();
  }

  /** Starts one more adapter. Both wires are in its way unless told otherwise. */
  async start(settings: Record<string, string> = {}, { ownWay = false } = {}): Promise<Adapter> {
    const through = (url: string, wire: Wire): string => {
      const wired = new URL(url);
      wired.host = `127.0.0.1:${wire.port}`;
      return wired.href;
    };
    const { broker, redis, prefix } = this.#urls;
    const adapter = await startAdapter({
      RABBITMQ_URL: ownWay ? broker : through(broker, this.brokerWire),
      REDIS_URL: ownWay ? redis : through(redis, this.redisWire),
      REDIS_PREFIX: prefix, JOURNAL_PATIENCE_MS: '600000', ...settings,
    });
    this.#adapters.push(adapter);
    return adapter;
  }

  /** Closes an adapter, once. */
  async stop(adapter: Adapter): Promise<void> {
    const at = this.#adapters.indexOf(adapter);
    if (at >= 0) this.#adapters.splice(at, 1);
    await adapter.close();
  }

  async close(): Promise<void> {
    this.mend();
    for (const adapter of this.#adapters.splice(0)) await adapter.close();
    this.brokerWire.close();
    this.redisWire.close();
    this.redis.disconnect();
    await this.#broker?.close();
  }

  mend(): void {
    this.brokerWire.mend();
    this.redisWire.mend();
  }

  get channel(): Channel {
    if (this.#channel === undefined) throw new Error('open the rig first');
    return this.#channel;
  }

  key(name: string): string {
    return `${this.#urls.prefix}district-adapter:${name}`;
  }

  /** How many messages wait in the gateway's queue; what came together may be one. */
  async waiting(): Promise<number> {
    return (await this.channel.checkQueue(QUEUES.intake)).messageCount;
  }

  /** Takes everything that is in the gateway's queue now, in its order. */
  async takeAll(): Promise<Arrived[]> {
    const arrived: Arrived[] = [];
    for (;;) {
      const message = await this.channel.get(QUEUES.intake, { noAck: true });
      if (message === false) return arrived;
      arrived.push(...partsOf(message).map(open));
    }
  }

  /** Takes events until every one of these has come; the order of their first coming. */
  async takeUntil(ids: readonly string[], within = 30_000): Promise<Arrived[]> {
    const missing = new Set(ids);
    const arrived: Arrived[] = [];
    await until(async () => {
      for (const one of await this.takeAll()) {
        if (missing.delete(one.id)) arrived.push(one);
      }
      return missing.size === 0;
    }, { within, every: 50, what: 'every event in the queue of the gateway' });
    return arrived;
  }

  /** Says, as the gateway does after its commit, that these events are recorded. */
  async acknowledge(ids: readonly string[]): Promise<void> {
    const body = { messageIds: ids.map((id) => `/halls/410204#${id}`) };
    const sealed = KeyRing.fromJson(LEDGER_KEYS).seal(Buffer.from(JSON.stringify(body)));
    this.channel.publish(EXCHANGES.reports, recordedRoute('district-adapter'), sealed.bytes, {
      persistent: true, messageId: randomUUID(), type: 'events.recorded', headers: { 'x-key-version': String(sealed.version) },
    });
    await Promise.resolve();
  }

  /** Entries of the journal. */
  entries(): Promise<number> {
    return this.redis.hlen(this.key('journal:bodies'));
  }
}

function open(message: GetMessage): Arrived {
  const headers = (message.properties.headers ?? {}) as Record<string, unknown>;
  const body = JSON.parse(KeyRing.fromJson(LEDGER_KEYS).open(Number(headers['x-key-version']), message.content).toString()) as { id: string; subject: string };
  return { id: body.id, subject: body.subject, headers };
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  /** From the request to the answer. */
  readonly ms: number;
}

/** Sends one event, or a list of them as a batch. */
export async function send(adapter: Adapter, events: object, signing: Signing = Array.isArray(events) ? { contentType: BATCH } : {}): Promise<Answer> {
  const body = JSON.stringify(events);
  const startedAt = performance.now();
  const response = await fetch(adapter.origin + PATH, { method: 'POST', headers: signedHeaders(PATH, body, signing), body, signal: AbortSignal.timeout(60_000) });
  const answer = await response.json() as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body: answer, ms: performance.now() - startedAt };
}

/**
 * Sends as a sender does who is to come again when Redis did not answer in time, which on a machine that stalls it may not. Any other answer
 * than a 202 is none.
 */
export async function accepted(adapter: Adapter, events: object): Promise<Answer> {
  const answer = await until(async () => {
    const given = await send(adapter, events);
    return given.body['code'] === 'store-unavailable' ? null : given;
  }, { within: 30_000, every: 100, what: 'Redis to answer in time' });
  if (answer.status !== 202) throw new Error(`not accepted: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}
