import { KeyRing } from '#runtime';
import { BusRejectedError, UnroutableError } from '../bus-errors.ts';
import type { QueueOptions } from '../bus-server.ts';
import type { OutgoingMessage } from '../message.ts';
import type { RawMessage } from '../message.ts';
import { openBody, sealBody } from '../sealed-body.ts';
import { conformanceTopology, LETTERS, WORK, type BatchHandle, type BusUnderTest, type FoundLetter, type Serving } from './bus-under-test.fixture.ts';
import { deliveryOf, MemoryQueue, type MemoryConsumer } from './memory-queue.fixture.ts';

/** A bus without a broker, for tests only: it keeps every rule but the one it is all about, for nothing of it survives its process. */
export class InMemoryBus implements BusUnderTest {
  private readonly sealer = KeyRing.fromJson(KeyRing.generateJson());
  private queues = this.emptyQueues();
  private consumers: MemoryConsumer[] = [];

  async publish(message: OutgoingMessage): Promise<void> {
    const { content, keyVersion } = sealBody(this.sealer, message.body);
    const { exchange, routingKey, messageId, type, headers } = message;
    await Promise.resolve();
    this.route({ exchange, routingKey, content, properties: { messageId, type, headers: { ...headers, 'x-key-version': keyVersion } } });
  }

  publishAll(messages: readonly OutgoingMessage[]): Promise<PromiseSettledResult<void>[]> {
    return Promise.allSettled(messages.map((message) => this.publish(message)));
  }

  intrude(messageId: string, content: Buffer): Promise<void> {
    const { exchange } = this.queueNamed(WORK).spec;
    this.route({ exchange, routingKey: 'work', content, properties: { messageId, type: 'x', headers: { 'x-key-version': '1' } } });
    return Promise.resolve();
  }

  serve(handle: BatchHandle, queue: Omit<QueueOptions, 'name'> = {}, closeTimeoutMs = 8_000): Promise<Serving> {
    const consumer = this.queueNamed(WORK).consume(handle, queue, this.sealer);
    this.consumers.push(consumer);
    return Promise.resolve({
      pause: () => Promise.resolve(consumer.setPaused(true)),
      resume: () => Promise.resolve(consumer.setPaused(false)),
      close: () => consumer.close(closeTimeoutMs),
    });
  }

  ready(queue: string): Promise<number> {
    return Promise.resolve(this.queueNamed(queue).stored.length);
  }

  takeLetter(): Promise<FoundLetter | null> {
    const stored = this.queueNamed(LETTERS).takeAway();
    if (!stored) return Promise.resolve(null);
    return Promise.resolve({ messageId: String(stored.message.properties.messageId), content: stored.message.content, headers: deliveryOf(stored).headers });
  }

  open({ content, headers }: FoundLetter): unknown {
    return openBody(this.sealer, content, headers['x-key-version']);
  }

  async clear(): Promise<void> {
    await Promise.all(this.consumers.splice(0).map((consumer) => consumer.close(0)));
    this.queues = this.emptyQueues();
  }

  private emptyQueues(): MemoryQueue[] {
    return conformanceTopology().queues.map((spec) => new MemoryQueue(spec, (message) => this.route(message)));
  }

  private route(message: RawMessage): void {
    const { exchange, routingKey } = message;
    const bound = this.queues.filter(({ spec }) => spec.exchange === exchange && spec.routingKeys.includes(routingKey));
    if (bound.length === 0) throw new UnroutableError(exchange, routingKey);
    if (bound.some(({ full }) => full)) throw new BusRejectedError(exchange, routingKey);
    for (const queue of bound) queue.push(message);
  }

  private queueNamed(name: string): MemoryQueue {
    const found = this.queues.find(({ spec }) => spec.name === name);
    if (!found) throw new Error(`no queue named ${name}`);
    return found;
  }
}
