import { describe, expect, it } from '@jest/globals';
import { LiveConnection, LONGEST_WAITING_MS, MOST_WAITING_BYTES } from './live-connection.ts';

const PIECE = 'x'.repeat(64 * 1024);

describe('a live view whose reader takes nothing', () => {
  it('is let go before more than a bounded amount waits for it', async () => {
    const gone = Promise.withResolvers<void>();
    const connection = new LiveConnection(() => gone.resolve());
    let most = 0;
    for (let told = 0; told < 100 && !connection.stream.destroyed; told += 1) {
      connection.tell(PIECE);
      most = Math.max(most, connection.stream.readableLength);
    }
    expect(connection.stream.destroyed).toBe(true);
    expect(most).toBeLessThanOrEqual(MOST_WAITING_BYTES);
    await gone.promise;
  });

  it('is let go after a while, even when little waits for it', () => {
    const connection = new LiveConnection(() => undefined);
    connection.tell('a piece');
    connection.tell('another', performance.now() + LONGEST_WAITING_MS - 1_000);
    expect(connection.stream.destroyed).toBe(false);
    connection.tell('a third', performance.now() + LONGEST_WAITING_MS + 1_000);
    expect(connection.stream.destroyed).toBe(true);
  });
});

describe('a live view whose reader keeps up', () => {
  it('gets everything, also over a long time, and then its end', async () => {
    const connection = new LiveConnection(() => undefined);
    const taken: Buffer[] = [];
    connection.stream.on('data', (piece: Buffer) => taken.push(piece));
    for (let told = 0; told < 40; told += 1) {
      connection.tell(PIECE, performance.now() + told * LONGEST_WAITING_MS);
      await new Promise(setImmediate);
    }
    connection.end();
    await new Promise((resolve) => connection.stream.once('close', resolve));
    expect(Buffer.concat(taken)).toHaveLength(40 * PIECE.length);
  });
});
