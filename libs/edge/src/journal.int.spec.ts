import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Registry } from 'prom-client';
import { withRedis } from '../../../test/support/index.ts';
import { EdgeMetrics } from './edge-metrics.ts';
import { Journal } from './journal.ts';
import { journalKeys } from './journal-keys.ts';
import type { Letter } from './letter.ts';

const MIB = 1024 * 1024;

const server = withRedis();
let redis: Redis;
let journal: Journal;
beforeAll(() => {
  redis = new Redis(server.url);
  const keys = journalKeys(server.prefix, 'district-adapter');
  journal = new Journal({ redis, keys, patienceMs: 0, patienceCapMs: 3_600_000, metrics: new EdgeMetrics(new Registry()) });
});
afterAll(() => redis.disconnect());
beforeEach(async () => { await redis.flushdb(); });

function letterOf(n: number, bytes: number): Letter {
  const messageId = `/halls/410204#evt-${n}`;
  return { messageId, orderKey: `P-${n}`, message: { exchange: 'jiujin.events', routingKey: 'intake', content: Buffer.alloc(bytes, n), properties: { messageId, headers: {} } } };
}

const idsOf = (letters: readonly Letter[]): string[] => letters.map(({ messageId }) => messageId);
const bytesOf = (letters: readonly Letter[]): number => letters.reduce((sum, { message }) => sum + message.content.length, 0);

/** All chunks until there are no more. */
async function chunksOf(next: () => Promise<Letter[]>): Promise<Letter[][]> {
  const chunks: Letter[][] = [];
  for (let chunk = await next(); chunk.length > 0; chunk = await next()) chunks.push(chunk);
  return chunks;
}

/** From the spool, and as overdue: both ways the journal hands out letters. */
const WAYS = {
  spool: () => chunksOf(async () => {
    const { messageIds, letters } = await journal.firstSpooled(500);
    await journal.leaveSpool(messageIds);
    return letters;
  }),
  journal: async () => {
    const count = await journal.countDue('me', 15_000);
    return chunksOf(async () => {
      const { letters } = await journal.takeDue(count?.now ?? '0', 500, true);
      await journal.forget(idsOf(letters));
      return letters;
    });
  },
};

describe.each(['spool', 'journal'] as const)('what waits in the %s', (way) => {
  it('is handed out in order, in chunks of few bytes when the events are large', async () => {
    const letters = Array.from({ length: 20 }, (_, n) => letterOf(n, MIB));
    for (const letter of letters) await journal.joinSpool([letter]);
    const chunks = await WAYS[way]();
    expect(idsOf(chunks.flat())).toEqual(idsOf(letters));
    for (const chunk of chunks) expect(bytesOf(chunk)).toBeLessThanOrEqual(4 * MIB);
  });

  it('is handed out alone when it is larger than a chunk, and keeps nobody back', async () => {
    const letters = [letterOf(1, 10), letterOf(2, 5 * MIB), letterOf(3, 10), letterOf(4, 10)];
    for (const letter of letters) await journal.joinSpool([letter]);
    expect((await WAYS[way]()).map(idsOf)).toEqual([letters.slice(0, 1), letters.slice(1, 2), letters.slice(2)].map(idsOf));
  });
});

describe('a place in the spool', () => {
  it('whose event was recorded meanwhile has no letter and keeps nobody back', async () => {
    const letters = [letterOf(1, 10), letterOf(2, 10)];
    await journal.joinSpool(letters);
    await redis.hdel(journalKeys(server.prefix, 'district-adapter').bodies, '/halls/410204#evt-1');
    const { messageIds, letters: left } = await journal.firstSpooled(500);
    expect(messageIds).toEqual(idsOf(letters));
    expect(idsOf(left)).toEqual(['/halls/410204#evt-2']);
  });
});
