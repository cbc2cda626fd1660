import { describe, expect, it } from '@jest/globals';
import type { Letter } from './letter.ts';
import { publishInOrder } from './publish-in-order.ts';

const letter = (messageId: string, orderKey: string): Letter => ({ messageId, orderKey, message: { exchange: 'e', routingKey: 'r', content: Buffer.alloc(0), properties: {} } });
const LETTERS = [letter('a1', 'A'), letter('b1', 'B'), letter('a2', 'A'), letter('a3', 'A'), letter('b2', 'B')];

describe('publishing in order', () => {
  it('sends the next letter of a case only when the one before it is confirmed, and other cases meanwhile', async () => {
    const sent: string[] = [];
    const confirms: (() => void)[] = [];
    const done = publishInOrder(LETTERS, ({ messageId }) => new Promise((resolve) => { sent.push(messageId); confirms.push(resolve); }));
    expect(sent).toEqual(['a1', 'b1']);
    while (sent.length < LETTERS.length || confirms.length > 0) {
      confirms.shift()?.();
      await new Promise(setImmediate);
    }
    expect(await done).toEqual([null, null, null, null, null]);
    expect(sent.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  it('holds the rest of a case back after a failure, and of no other', async () => {
    const sent: string[] = [];
    const results = await publishInOrder(LETTERS, async ({ messageId }) => {
      sent.push(messageId);
      await Promise.resolve();
      if (messageId === 'a2') throw new Error('nack');
    });
    expect(results.map((result) => result?.message ?? null)).toEqual([null, null, 'nack', 'nack', null]);
    expect(sent).not.toContain('a3');
  });
});
