import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { OpsProblem } from '../problems/ops-problem.ts';
import { MOST_IDS, readIdList } from './read-id-list.ts';

const read = (...pieces: (string | Buffer)[]): Promise<string[]> => readIdList(Readable.from(pieces.map((piece) => Buffer.from(piece as string)), { objectMode: false }));

async function problemOf(...pieces: string[]): Promise<OpsProblem> {
  const error: unknown = await read(...pieces).then(() => null, (thrown: unknown) => thrown);
  if (error instanceof OpsProblem) return error;
  throw new Error('it was not refused', { cause: error });
}

describe('a list of project numbers', () => {
  it.each<[string, (string | Buffer)[], string[]]>([
    ['lines, in whatever pieces they come', ['KF-1\nKF', '-2\r\nKF-3'], ['KF-1', 'KF-2', 'KF-3']],
    ['a heading and further columns', ['\uFEFF办件编号,姓名\nKF-1,测试甲\n"KF-2";x\n'], ['KF-1', 'KF-2']],
    ['a heading in GBK', [Buffer.from([0xb0, 0xec, 0xbc, 0xfe, 0x0a]), 'KF-1'], ['KF-1']],
    ['each number once, in order, without empty lines', ['b\n\na\nb\n'], ['a', 'b']],
    ['nothing', [''], []],
  ])('may hold %s', async (_, pieces, ids) => {
    expect(await read(...pieces)).toEqual(ids);
  });

  it('is refused for a line that is none, which is named and not repeated', async () => {
    const problem = await problemOf('KF-1\n测试甲\nKF-3');
    expect(problem.errors).toEqual([expect.objectContaining({ field: 'line 2' })]);
    expect(JSON.stringify(problem)).not.toContain('测试甲');
    expect((await problemOf('KF-1\n41020419900307151X')).errors[0]?.rule).toBe('notPersonal');
  });

  it('ends at a hundred thousand, and at a line without an end', async () => {
    const full = Array.from({ length: MOST_IDS }, (_, index) => `K${index}`);
    expect((await read(full.join('\n'))).length).toBe(MOST_IDS);
    expect((await problemOf(full.join('\n'), '\none-more')).code).toBe('too-large');
    expect((await problemOf('x', '-'.repeat(2_000))).code).toBe('query-broken');
  });
});
