import type { Socket } from 'node:net';
import type { ChannelModel } from 'amqplib';

const PATIENCE_MS = 500;

/** Says goodbye, but does not wait for long: a broker that is stuck must not keep a program from ending. */
export async function hangUp(model: ChannelModel): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<'stuck'>((resolve) => { timer = setTimeout(() => resolve('stuck'), PATIENCE_MS); });
  const end = await Promise.race([model.close().catch(() => undefined), patience]);
  clearTimeout(timer);
  // Without an error the client would not notice, and its heart would go on beating.
  if (end === 'stuck') (model.connection as unknown as { stream?: Socket }).stream?.destroy(new Error('RabbitMQ does not say goodbye'));
}
