import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { listen } from '../http/http-server.ts';
import { RecordFile } from '../record/record-file.ts';
import type { EffectLine, RecordLine } from '../record/record-lines.ts';
import { Sandbox } from './sandbox.ts';

const effect = (kind: string): EffectLine => (
  { k: 'effect', n: 1, key: 'k1', projectNo: 'CANARY-410204-1', hall: null, kind, updateSequence: null, digest: '', facts: {}, at: 1 });
const keys = new Map([['centre', [{ keyId: 'k1', algorithm: 'HMAC-SM3' as const, secret: 'a-secret-for-this-test' }]]]);

describe('the sandbox of the centre', () => {
  let folder: string;
  let record: RecordFile;
  let bridge: Awaited<ReturnType<typeof listen>>;
  let sandbox: Sandbox;
  let told: { type: string; id: string; canary?: boolean }[];
  let status: number;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-sandbox-'));
    record = await RecordFile.open(folder);
    told = [];
    status = 202;
    bridge = await listen('127.0.0.1', 0, (request) => {
      const event = JSON.parse(request.body.toString()) as (typeof told)[number];
      told.push(event);
      return { status, body: { id: event.id, transferId: 't', code: 'contract-broken' } };
    });
    sandbox = new Sandbox({ bridgeUrl: new URL(`http://127.0.0.1:${bridge.port}`), keys }, record);
  });
  afterEach(async () => {
    await sandbox.close();
    await bridge.close();
    await record.close();
    await rm(folder, { recursive: true });
  });

  async function lines(count: number): Promise<RecordLine[]> {
    for (;;) {
      const all: RecordLine[] = [];
      for await (const line of record.lines()) all.push(line);
      if (all.length >= count) return all;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  it('accepts and completes a canary, and records it as nothing but a canary', async () => {
    sandbox.onWorkItem(effect('open'));
    expect(await lines(2)).toMatchObject([{ k: 'canary', what: 'sent', kind: 'case.accepted', status: 202 }, { k: 'canary', what: 'sent', kind: 'case.completed', status: 202 }]);
    expect(told.map(({ type, id, canary }) => [type, id, canary])).toEqual([['case.accepted', 'CANARY-410204-1.a', true], ['case.completed', 'CANARY-410204-1.c', true]]);
  });

  it('says nothing of later work items, and stops after a refusal', async () => {
    status = 422;
    sandbox.onWorkItem(effect('withdraw'));
    sandbox.onWorkItem(effect('open'));
    expect(await lines(1)).toMatchObject([{ kind: 'case.accepted', status: 422 }]);
    expect(told).toHaveLength(1);
  });
});
