import { setTimeout as pause } from 'node:timers/promises';
import { connect } from 'amqplib';
import { QUEUES } from './poison.ts';

const ANSWER_MS = 5_000;
const ALL = [...QUEUES, ...['gateway', 'district-adapter', 'centre-adapter'].map((app) => `${app}.dead-letters`)];

/** Whether every queue that poison goes to or ends in is there and has somebody who reads it. Rejects while the broker or one of them is away. */
export async function queuesAreConsumed(url: string): Promise<boolean> {
  const connection = await connect(url, { timeout: ANSWER_MS });
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    for (const queue of ALL) {
      const answer = await Promise.race([channel.checkQueue(queue), pause(ANSWER_MS, null, { ref: false })]);
      if (answer === null || answer.consumerCount === 0) return false;
    }
    return true;
  } finally {
    await connection.close().catch(() => undefined);
  }
}
