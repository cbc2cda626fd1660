import { createServer } from 'node:http';
import type { Channel, ConsumeMessage } from 'amqplib';
import pg from 'pg';
import { consume, openBroker, publish, QUEUES } from './channels.ts';

/** The middle: event → row (batched insert) → order (confirmed) → acknowledgement, and receipt → row (batched update) → acknowledgement. */
const { RABBITMQ_URL = '', DATABASE_URL = '', PORT = '0' } = process.env;
const BATCH = 200;
const LINGER_MS = 2;

const database = new pg.Pool({ connectionString: DATABASE_URL, max: 8 });
await database.query(`create table if not exists transfers (
  id text primary key, body bytea not null, status text not null default 'in_flight', created_at timestamptz not null default now(), delivered_at timestamptz)`);
const broker = await openBroker(RABBITMQ_URL);

await batches(QUEUES.intake, (messages) => hand(messages, QUEUES.workItems));
await batches(QUEUES.outcomes, (messages) => hand(messages, QUEUES.updates));
await batches(QUEUES.receipts, settle);
createServer((_request, response) => { response.end('{}'); }).listen(Number(PORT), '127.0.0.1', () => { console.log(JSON.stringify({ ready: true })); });

async function hand(messages: readonly ConsumeMessage[], queue: string): Promise<void> {
  const ids = messages.map((message) => String(message.properties.headers?.['id']));
  await database.query({
    name: 'insert', text: 'insert into transfers (id, body) select * from unnest($1::text[], $2::bytea[]) on conflict do nothing',
    values: [ids, messages.map((message) => message.content)],
  });
  await Promise.all(messages.map((message, index) => publish(broker, queue, message.content, { id: ids[index] ?? '' })));
}

async function settle(messages: readonly ConsumeMessage[]): Promise<void> {
  const ids = messages.map((message) => (JSON.parse(message.content.toString()) as { id: string }).id);
  await database.query({ name: 'settle', text: `update transfers set status = 'delivered', delivered_at = now() where id = any($1::text[])`, values: [ids] });
}

/** Gathers messages while one batch is in hand; the acknowledgement comes after the work. */
async function batches(queue: string, work: (messages: readonly ConsumeMessage[]) => Promise<void>): Promise<void> {
  const waiting: ConsumeMessage[] = [];
  let busy = false;
  let timer: NodeJS.Timeout | undefined;
  const run = async (channel: Channel): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting.splice(0, BATCH);
      await work(batch);
      const last = batch.at(-1);
      if (last !== undefined) channel.ack(last, true);
    }
    busy = false;
  };
  await consume(RABBITMQ_URL, queue, BATCH * 2, (message, channel) => {
    waiting.push(message);
    if (busy) return;
    if (waiting.length >= BATCH) void run(channel);
    else timer ??= setTimeout(() => void run(channel), LINGER_MS);
  });
}
