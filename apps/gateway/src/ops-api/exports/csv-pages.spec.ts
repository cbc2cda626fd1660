import { describe, expect, it } from '@jest/globals';
import { csvPages } from './csv-pages.ts';

/** Numbers from 1 on, as a list that is asked for page by page; remembers how many rows were asked for at most. */
function numbers(count: number): { most: number; text(limit: number): AsyncGenerator<string> } {
  const source = {
    most: 0,
    text: (limit: number): AsyncGenerator<string> => csvPages<number, number>({
      columns: [['数', (number) => number]],
      page: async (after, rows) => {
        source.most = Math.max(source.most, rows);
        return Array.from({ length: Math.max(0, Math.min(rows, count - (after ?? 0))) }, (_, index) => (after ?? 0) + index + 1);
      },
      show: (number) => number,
      cursorOf: (number) => `after-${number}`,
    }, limit),
  };
  return source;
}

async function textOf(pieces: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += String(piece);
  return text;
}

describe('a list as CSV', () => {
  it('is whole, in pages, and says so in its last line', async () => {
    const source = numbers(1_234);
    const lines = (await textOf(source.text(100_000))).split('\r\n');
    expect(lines[0]).toBe('\uFEFF数');
    expect(lines.slice(1, 1_235)).toEqual(Array.from({ length: 1_234 }, (_, index) => String(index + 1)));
    expect(lines.slice(1_235)).toEqual(['#完,共 1234 行', '']);
    expect(source.most).toBeLessThanOrEqual(501);
  });

  it.each([[700, 700], [500, 500]])('is cut at %i rows, and says how to go on', async (limit, shown) => {
    const lines = (await textOf(numbers(1_234).text(limit))).split('\r\n');
    expect(lines.at(-3)).toBe(String(shown));
    expect(lines.at(-2)).toContain(`#未完,已到 ${shown} 行的上限，后面还有；接着导出：cursor=after-${shown}`);
  });

  it('is not cut when the limit is just what there is', async () => {
    expect(await textOf(numbers(500).text(500))).toContain('#完,共 500 行');
  });
});
