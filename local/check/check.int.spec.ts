import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { check } from './check.ts';
import { readBoth } from './read-record.ts';
import type { Side } from './record-lines.ts';
import { effectAt, story } from './story.fixture.ts';
import type { Told } from './story.fixture.ts';

const textOf = (told: readonly Told[], side: Side): string => told.filter(([whose]) => whose === side).map(([, line]) => `${JSON.stringify(line)}\n`).join('');

describe('a check of two records on file', () => {
  let folder: string;
  const path = (side: Side): string => join(folder, `${side}.ndjson`);
  const write = async (told: readonly Told[]): Promise<void> => {
    for (const side of ['platform', 'centre'] as const) await writeFile(path(side), textOf(told, side));
  };
  const run = (more: { fromIndex?: number } = {}): ReturnType<typeof check> =>
    check({ platform: path('platform'), centre: path('centre'), catalogueDir: folder, ...more });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'check-'));
    const jgj320 = { businessTypeCode: null, withdrawReasonCode: '99', businessTypeBy: { field: 'closesAccount', cases: [{ when: 'true', code: '12' }] } };
    await writeFile(join(folder, 'items.json'), JSON.stringify({ items: [{ code: 'ITEM', jgj320 }] }));
    await writeFile(join(folder, 'certificate-types.json'), '[{"code":"111","jgj":"01"}]');
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('finds nothing in a case that went well', async () => {
    await write(story());
    expect(await run()).toMatchObject({ ok: true, cases: 1, completed: 1, transfers: 4, ledgerRead: false });
  });

  it('finds the loss in the same case when a line of the far side is taken away', async () => {
    await write(story().filter((_, at) => at !== effectAt(3)));
    expect(await run()).toMatchObject({ ok: false, lost: 1 });
  });

  it('leaves out the cases of earlier runs', async () => {
    await write(story());
    expect(await run({ fromIndex: 1 })).toMatchObject({ cases: 0, transfers: 0 });
  });

  it('reads a record over HTTP as well, and both by time', async () => {
    const server = createServer((request, response) => response.end(textOf(story(), request.url === '/platform' ? 'platform' : 'centre')));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const times: number[] = [];
    for await (const [, line] of readBoth(`${base}/platform`, `${base}/centre`)) times.push(line.at);
    expect(times).toEqual(story().map(([, line]) => line.at).sort((left, right) => left - right));
    server.close();
  });

  it('fails loudly when a record cannot be read', async () => {
    await write(story());
    await writeFile(path('centre'), '{"not":"a record"}\n');
    await expect(run()).rejects.toThrow('not a line of a record');
    await rm(path('centre'));
    await expect(run()).rejects.toThrow('ENOENT');
  });
});
