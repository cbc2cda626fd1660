import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordFile } from './record-file.ts';
import type { EndLine, RecordLine } from './record-lines.ts';

const line = (projectNo: string): EndLine => ({ k: 'end', projectNo, result: 'APPROVED', at: 1 });

async function all(record: RecordFile): Promise<RecordLine[]> {
  const lines: RecordLine[] = [];
  for await (const one of record.lines()) lines.push(one);
  return lines;
}

describe('the record', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-record-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('has a line on file when the write is over, in the order the lines were given', async () => {
    const record = await RecordFile.open(folder);
    const numbers = Array.from({ length: 500 }, (_, at) => String(at));
    await Promise.all(numbers.map(async (number) => {
      await record.write(line(number));
      expect(await readFile(record.path, 'utf8')).toContain(`"projectNo":"${number}"`);
    }));
    expect((await all(record)).map((one) => (one as EndLine).projectNo)).toEqual(numbers);
    await record.close();
  });

  it('goes on after a restart, without the half line of a process that was killed', async () => {
    const first = await RecordFile.open(folder);
    await first.write(line('a'));
    await first.close();
    await appendFile(first.path, '{"k":"end","projectNo":"torn');
    const second = await RecordFile.open(folder);
    await second.write(line('b'));
    expect(await all(second)).toEqual([line('a'), line('b')]);
    await second.close();
  });

  it('can be emptied and written on', async () => {
    const record = await RecordFile.open(folder);
    await record.write(line('a'));
    await record.empty();
    await record.write(line('b'));
    expect(await all(record)).toEqual([line('b')]);
    await record.close();
  });
});
