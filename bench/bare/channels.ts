import { connect } from 'amqplib';
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage } from 'amqplib';

/** The queues of the bare pipeline: what it has in common with the bridge is that they are quorum queues. */
export const QUEUES = {
  intake: 'bare.intake', outcomes: 'bare.outcomes', receipts: 'bare.receipts', workItems: 'bare.work-items', updates: 'bare.updates',
} as const;

const QUORUM = { durable: true, arguments: { 'x-queue-type': 'quorum' } };

export interface Broker {
  readonly publishing: ConfirmChannel;
  readonly model: ChannelModel;
}

/** One connection for publishing, with every queue declared. */
export async function openBroker(url: string): Promise<Broker> {
  const model = await connect(url, { noDelay: true });
  const publishing = await model.createConfirmChannel();
  for (const queue of Object.values(QUEUES)) await publishing.assertQueue(queue, QUORUM);
  return { publishing, model };
}

/** Resolves when the broker has confirmed. */
export function publish({ publishing }: Broker, queue: string, body: Buffer, headers: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    publishing.sendToQueue(queue, body, { persistent: true, headers }, (error: Error | null) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** Consumes on a connection of its own, so that publishing never waits behind deliveries. */
export async function consume(url: string, queue: string, prefetch: number, take: (message: ConsumeMessage, channel: Channel) => void): Promise<void> {
  const model = await connect(url, { noDelay: true });
  const channel = await model.createChannel();
  await channel.prefetch(prefetch);
  await channel.consume(queue, (message) => {
    if (message !== null) take(message, channel);
  });
}
