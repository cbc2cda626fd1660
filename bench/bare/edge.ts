import { createServer } from 'node:http';
import { Pool } from 'undici';
import { consume, openBroker, publish, QUEUES } from './channels.ts';

/**
 * Both directions of one side, with the same durable steps as an adapter and nothing else: HTTP in → confirm → 202, and order → HTTP out → receipt
 * (confirmed) → acknowledgement.
 */
const { RABBITMQ_URL = '', PORT = '0', SIDE = 'hall', TARGET_URL = '' } = process.env;
const [inbound, outbound] = SIDE === 'hall' ? [QUEUES.intake, QUEUES.updates] : [QUEUES.outcomes, QUEUES.workItems];
const CONNECTIONS = 32;

const broker = await openBroker(RABBITMQ_URL);
const pool = new Pool(TARGET_URL, { connections: CONNECTIONS, pipelining: 1 });

await consume(RABBITMQ_URL, outbound, CONNECTIONS * 2, (message, channel) => {
  const id = String(message.properties.headers?.['id']);
  void deliver(id, message.content).then(() => { channel.ack(message); });
});

const server = createServer({ keepAliveTimeout: 65_000, noDelay: true }, (request, response) => {
  if (request.method === 'GET') {
    response.end('{}');
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts);
    void accept(body).then((id) => {
      const text = JSON.stringify({ id, status: 'accepted' });
      response.writeHead(202, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
      response.end(text);
    });
  });
});
server.listen(Number(PORT), '127.0.0.1', () => { console.log(JSON.stringify({ ready: true })); });

/** One event, or a batch of them; each is a message of its own. */
async function accept(body: Buffer): Promise<string> {
  const parsed = JSON.parse(body.toString()) as { id: string } | { id: string }[];
  const events = Array.isArray(parsed) ? parsed : [parsed];
  await Promise.all(events.map((event) => publish(broker, inbound, events.length === 1 ? body : Buffer.from(JSON.stringify(event)), { id: event.id })));
  return events[0]?.id ?? '';
}

async function deliver(id: string, body: Buffer): Promise<void> {
  const answer = await pool.request({ method: 'POST', path: SIDE === 'hall' ? '/updates' : '/work-items', headers: { 'content-type': 'application/json', 'idempotency-key': id }, body });
  await answer.body.dump();
  await publish(broker, QUEUES.receipts, Buffer.from(JSON.stringify({ id, status: answer.statusCode })));
}
