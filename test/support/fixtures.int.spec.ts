import { describe, expect, it } from '@jest/globals';
import { connect } from 'amqplib';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { withDatabase, withRedis, withVhost } from './index.ts';

describe('the fixtures of a test file', () => {
  const vhost = withVhost();
  const database = withDatabase();
  const first = withRedis();
  const second = withRedis();

  it('gives it a RabbitMQ vhost that takes queues, seen by the management API', async () => {
    const connection = await connect(vhost.url);
    const channel = await connection.createChannel();
    await channel.assertQueue('only-mine', { durable: true, arguments: { 'x-queue-type': 'quorum' } });
    await connection.close();
    const queue = await vhost.api<{ name: string; type: string }>('GET', `queues/${vhost.name}/only-mine`);
    expect(queue.name).toBe('only-mine');
  });

  it('gives it an empty PostgreSQL database', async () => {
    const client = new Client({ connectionString: database.url });
    await client.connect();
    const { rows } = await client.query<{ name: string; tables: string }>(
      `select current_database() as name, count(*) as tables from information_schema.tables where table_schema = 'public'`);
    await client.end();
    expect(rows).toEqual([{ name: database.name, tables: '0' }]);
  });

  it('gives two askers two Redis databases that do not see each other', async () => {
    const [one, other] = [new Redis(first.url), new Redis(second.url)];
    await one.set('key', 'mine');
    const seen = await other.get('key');
    one.disconnect();
    other.disconnect();
    expect(seen).toBeNull();
  });
});
