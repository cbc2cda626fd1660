import type { Channel, ChannelModel, ConsumeMessage, GetMessage } from 'amqplib';
import { connect } from 'amqplib';
import { BusConnection, BusPublisher } from '#bus';
import { catalogue, completionUpdatesQueue, EVENT_ROUTES, EXCHANGES, QUEUES, REPORT_ROUTES, topologyFor } from '#contracts';
import type { DeliveryReceipt, JiujinEvent, TransferOrder } from '#contracts';
import { createLogger } from '#runtime';
import type { KeyRing } from '#runtime';
import { messageOf, receiptOf } from './case-events.fixture.ts';

/** An order as it reached the stand-in, in the order of arrival. */
export interface Sending {
  readonly order: TransferOrder;
  /** It says of itself that it may not be the first. */
  readonly resend: boolean;
  readonly redelivered: boolean;
}

/** The receipts an order gets: none when they are lost. */
export type Answering = (sending: Sending) => readonly Partial<DeliveryReceipt>[];

/** A broker that stands still for a while is none that is gone. */
const PATIENCE_MS = 60_000;

/** Both adapters in one, on a real broker: takes every order, reports what it is told to, and says events as the doors would. */
export class AdapterStandIn {
  readonly sendings: Sending[] = [];
  answering: Answering = () => [{}];
  private readonly keys: KeyRing;
  private readonly publisher: BusPublisher;
  private readonly model: ChannelModel;
  private readonly channel: Channel;

  private constructor(keys: KeyRing, publisher: BusPublisher, model: ChannelModel, channel: Channel) {
    this.keys = keys;
    this.publisher = publisher;
    this.model = model;
    this.channel = channel;
  }

  static async open(url: string, keys: KeyRing, { takesOrders = true } = {}): Promise<AdapterStandIn> {
    const logger = createLogger('test', { level: 'silent' });
    const halls = catalogue().halls.map((hall) => hall.code);
    const publisher = new BusPublisher({ connection: new BusConnection({ urls: [url], name: 'test', logger }), topology: topologyFor(halls), sealer: keys, logger, timeoutMs: PATIENCE_MS });
    await publisher.open();
    const model = await connect(url);
    const channel = await model.createChannel();
    const adapter = new AdapterStandIn(keys, publisher, model, channel);
    const queues = takesOrders ? [QUEUES.workItems, ...halls.map(completionUpdatesQueue)] : [];
    for (const queue of queues) await channel.consume(queue, (message) => { void adapter.take(message); });
    return adapter;
  }

  async close(): Promise<void> {
    await this.model.close();
    await this.publisher.close();
  }

  /** Publishes events one after the other, as confirmed by the broker. */
  async say(...events: JiujinEvent[]): Promise<void> {
    for (const event of events) {
      const { messageId, type, headers } = messageOf(event);
      const routingKey = event.source === '/centre' ? EVENT_ROUTES.outcome : EVENT_ROUTES.intake;
      await this.publisher.publish({ exchange: EXCHANGES.events, routingKey, messageId, type, body: event, headers });
    }
  }

  /** Gives the first message of a queue back until the broker buries it, as connections that keep breaking would; not one in its second life. */
  async bury(queue: string): Promise<void> {
    for (;;) {
      const message = await this.channel.get(queue);
      if (message === false) return;
      this.channel.nack(message, false, true);
      if (message.properties.headers?.['x-republished'] !== undefined) return;
    }
  }

  /** Takes the first message of a queue out of it. */
  async takeOut(queue: string): Promise<GetMessage | null> {
    return await this.channel.get(queue, { noAck: true }) || null;
  }

  private async take(message: ConsumeMessage | null): Promise<void> {
    if (message === null) return;
    const { headers } = message.properties;
    const order = JSON.parse(this.keys.open(Number(headers?.['x-key-version']), message.content).toString('utf8')) as TransferOrder;
    const sending = { order, resend: headers?.['x-resend'] === '1', redelivered: message.fields.redelivered };
    this.sendings.push(sending);
    for (const change of this.answering(sending)) await this.report(order, change);
    this.channel.ack(message);
  }

  private report({ transferId, projectNo, destination, attempt }: TransferOrder, change: Partial<DeliveryReceipt>): Promise<void> {
    const receipt = receiptOf({ id: transferId, project_no: projectNo, destination, attempts: attempt }, change);
    return this.publisher.publish({ exchange: EXCHANGES.reports, routingKey: REPORT_ROUTES.receipt, messageId: `${transferId}.${attempt}`, type: 'receipt', body: receipt });
  }
}
