import { describe, expect, it } from '@jest/globals';
import { linesIn } from './read-lines.ts';

async function* each(pieces: readonly string[]): AsyncGenerator<string> {
  yield* pieces;
}

async function all(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe('lines in a text that comes in pieces', () => {
  it.each<[string, string[], string[]]>([
    ['are put together from all of their pieces', ['a', 'b\nc', '', 'd\n\ne\n'], ['ab', 'cd', '', 'e']],
    ['end at a line feed alone, not at what else Unicode takes for the end of a line', ['a\u2028b\u2029c\u0085d\n', 'e\rf'], ['a\u2028b\u2029c\u0085d', 'e\rf']],
    ['are the same with carriage returns', ['a\r', '\nb\r\n'], ['a', 'b']],
    ['may lack the last end, and may be none', ['a\nb'], ['a', 'b']],
    ['of nothing are none', ['', ''], []],
  ])('%s', async (_what, pieces, lines) => {
    expect(await all(linesIn(each(pieces)))).toEqual(lines);
  });
});
