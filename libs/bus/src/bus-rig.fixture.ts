import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { EventPattern, Payload } from '@nestjs/microservices';
import { connect, type Channel, type GetMessage } from 'amqplib';
import { EXCHANGES, type QueueSpec, type Topology } from '#contracts';
import { createLogger, KeyRing } from '#runtime';
import { BusServer, type BusServerOptions, type QueueOptions } from './bus-server.ts';
import { BusConnection } from './connection.ts';
import type { BatchResult, IncomingMessage, OutgoingMessage } from './message.ts';
import { BusPublisher, type BusPublisherOptions } from './publisher.ts';

export const INTAKE = 'gateway.intake';
export const DEAD = 'gateway.dead-letters';

const intake: QueueSpec = {
  name: INTAKE, purpose: 'tests', exchange: EXCHANGES.events, routingKeys: ['intake'], consumer: 'gateway', deliveryLimit: 2, deadLetterKey: 'gateway', bundled: false, gatherMs: 0, maxLength: 1_000,
};
/** Given to another app, so that a test can look into it. */
const dead: QueueSpec = {
  name: DEAD, purpose: 'tests', exchange: EXCHANGES.deadLetters, routingKeys: ['gateway'], consumer: 'centre-adapter', deliveryLimit: null, deadLetterKey: null, bundled: false, gatherMs: 0, maxLength: 1_000,
};

/** One queue of the gateway and its dead-letter queue. */
export function testTopology(changes: Partial<QueueSpec> = {}): Topology {
  return {
    exchanges: [EXCHANGES.events, EXCHANGES.deadLetters].map((name) => ({ name, type: 'direct' })),
    queues: [dead, { ...intake, ...changes }],
  };
}

type Handle = (batch: IncomingMessage[]) => BatchResult | Promise<BatchResult>;

interface Closable {
  close(): Promise<unknown>;
}

/** Builds publishers and Nest programs on one vhost, and takes them down again in the order that loses nothing. */
export class Rig {
  readonly sealer: KeyRing;
  readonly logger = createLogger('gateway', { level: process.env['LOG_LEVEL'] ?? 'silent' });
  private readonly url: () => string;
  private readonly open: Closable[] = [];

  /** @param keys the key ring as JSON, for a program that reads what another one sealed */
  constructor(url: () => string, keys = KeyRing.generateJson()) {
    this.url = url;
    this.sealer = KeyRing.fromJson(keys);
  }

  connection(name: string, url = this.url()): BusConnection {
    return new BusConnection({ urls: [url], name, logger: this.logger, startPatienceMs: 1_000 });
  }

  async publisher(options: Partial<BusPublisherOptions> = {}): Promise<BusPublisher> {
    const publisher = new BusPublisher({ connection: this.connection('publishing'), topology: testTopology(), sealer: this.sealer, logger: this.logger, ...options });
    await publisher.open();
    this.open.push(publisher);
    return publisher;
  }

  /** Starts a Nest program whose one controller handles the intake queue. */
  async serve(handle: Handle, publisher: BusPublisher, queue: Omit<QueueOptions, 'name'> = {}, options: Partial<BusServerOptions> = {}): Promise<{ server: BusServer; close: () => Promise<void> }> {
    const { server, app } = await this.program([consumerOf(INTAKE, handle)], publisher, { queues: [{ name: INTAKE, ...queue }], ...options });
    await app.listen();
    return { server, close: () => app.close() };
  }

  /** A Nest program with these controllers, not started yet. */
  async program(controllers: (new () => object)[], publisher: BusPublisher, options: Partial<BusServerOptions> = {}) {
    const server = new BusServer({
      connection: this.connection('consuming'), topology: testTopology(), app: 'gateway', sealer: this.sealer, publisher, logger: this.logger, ...options,
    });
    @Module({ controllers })
    class TestModule {}
    const app = await NestFactory.createMicroservice(TestModule, { strategy: server, logger: false, abortOnError: false });
    this.open.push(app);
    return { server, app };
  }

  async closeAll(): Promise<void> {
    for (const item of this.open.splice(0).reverse()) await item.close();
  }

  /** Throws away whatever waits in these queues. */
  empty(...queues: string[]): Promise<void> {
    return this.asks(async (channel) => {
      for (const queue of queues) await channel.purgeQueue(queue);
    });
  }

  /** Takes one message out of a queue past the bus, as anyone with access to the broker could. */
  async take(queue: string): Promise<GetMessage | null> {
    const model = await connect(this.url());
    const message = await (await model.createChannel()).get(queue, { noAck: true });
    await model.close();
    return message || null;
  }

  /** Messages ready in a queue, told by the broker itself. */
  ready(queue: string): Promise<number> {
    return this.asks(async (channel) => (await channel.checkQueue(queue)).messageCount);
  }

  /** Asks the broker something past the bus. */
  async asks<T>(question: (channel: Channel) => Promise<T>): Promise<T> {
    const model = await connect(this.url());
    try {
      const channel = await model.createChannel();
      // The rejected question says what happened; without a listener the event would end the test.
      channel.on('error', () => undefined);
      return await question(channel);
    } finally {
      await model.close();
    }
  }

  /** Publishes bytes past the bus: what a stranger with access to the broker could do. */
  async intrude(routingKey: string, content: Buffer, headers: Record<string, string>, messageId = 'intruder'): Promise<void> {
    const model = await connect(this.url());
    const channel = await model.createConfirmChannel();
    channel.publish(EXCHANGES.events, routingKey, content, { headers, messageId, type: 'x', persistent: true });
    await channel.waitForConfirms();
    await model.close();
  }
}

/** A controller with one handler for one queue. */
export function consumerOf(queue: string, handle: Handle): new () => object {
  @Controller()
  class TestConsumer {
    @EventPattern<string>(queue)
    async take(@Payload() batch: IncomingMessage[]): Promise<BatchResult> {
      return handle(batch);
    }
  }
  return TestConsumer;
}

export function intakeMessage(messageId: string, body: unknown = { messageId }): OutgoingMessage {
  return { exchange: EXCHANGES.events, routingKey: 'intake', messageId, type: 'case.received', body, headers: { 'x-project-no': messageId } };
}
