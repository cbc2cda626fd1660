import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { RecordFile } from '../record/record-file.ts';
import type { EffectLine, RecordLine } from '../record/record-lines.ts';
import type { SigningKey } from '../signing/scheme.ts';
import { signatureHeaders } from '../signing/sign-request.ts';
import { Door } from './door.ts';
import { FaultSwitch } from './fault-switch.ts';
import { NO_FAULTS } from './faults.ts';
import { listen } from './http-server.ts';
import { withSandbox } from './sandbox.ts';
import { SeenKeys } from './seen-keys.ts';

const key: SigningKey = { keyId: 'b1', algorithm: 'HMAC-SM3', secret: 'secret-of-the-bridge' };
const CANARY = { 'x-jiujin-canary': '1' };
const BODY = JSON.stringify({ kind: 'open', projectNo: 'T-1' });

describe('the door of a simulator', () => {
  let folder: string;
  let record: RecordFile;
  let faults: FaultSwitch;
  let door: Door;
  let server: Awaited<ReturnType<typeof listen>>;
  let applied: EffectLine[];
  let tried: EffectLine[];
  /** Told of each request that has arrived. */
  let underWay: () => void = () => undefined;

  const open = (): Door => new Door(withSandbox({
    bridgeKeys: [key], seen: new SeenKeys(), record, apply: (effect) => applied.push(effect),
    faultsOf: (body) => ('projectNo' in (body as object) ? [] : ['/projectNo is missing']),
    read: (body) => ({ ...(body as { projectNo: string; kind: string }), hall: null, updateSequence: null, facts: {} }),
  }, (effect) => tried.push(effect)), faults);
  const post = (idempotencyKey: string | null, body = BODY, signedAs = body, signal: AbortSignal | null = null, more: Record<string, string> = {}): Promise<Response> => fetch(`http://127.0.0.1:${server.port}/v1/work-items`, {
    method: 'POST', body, signal,
    headers: {
      ...more,
      ...signatureHeaders('bridge', key, { method: 'POST', target: '/v1/work-items', body: signedAs }),
      ...(idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }),
    },
  });
  const ask = (idempotencyKey: string, method = 'GET', signedFor = idempotencyKey, signal: AbortSignal | null = null): Promise<Response> => fetch(`http://127.0.0.1:${server.port}/v1/work-items/${idempotencyKey}`, {
    method, signal, headers: signatureHeaders('bridge', key, { method, target: `/v1/work-items/${signedFor}`, body: '' }),
  });
  const lines = async (): Promise<RecordLine[]> => {
    const all: RecordLine[] = [];
    for await (const line of record.lines()) all.push(line);
    return all;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-door-'));
    record = await RecordFile.open(folder);
    faults = new FaultSwitch();
    applied = [];
    tried = [];
    door = open();
    server = await listen('127.0.0.1', 0, (request) => {
      const answer = door.handle(request, { hall: null, key: request.path.split('/')[3] ?? null });
      underWay();
      return answer;
    });
  });
  afterEach(async () => {
    await server.close();
    await record.close();
    await rm(folder, { recursive: true });
  });

  it('applies a key once and gives the same answer to every repetition, also at the same moment', async () => {
    const answers = await Promise.all([post('k1'), post('k1'), post('k1')]);
    expect(await Promise.all(answers.map(async (answer) => [answer.status, await answer.json()]))).toEqual(Array(3).fill([200, { received: true }]));
    expect(applied.map((effect) => [effect.n, effect.key])).toEqual([[1, 'k1']]);
    expect((await lines()).map((line) => line.k)).toEqual(['effect', 'repeat', 'repeat']);
  });

  it('numbers effects by arrival, on into the next run, and knows the keys of the last one', async () => {
    await post('k1');
    await post('k2');
    const before = await lines();
    door = open();
    for (const line of before) if (line.k === 'effect') door.deliveries.restore(line);
    expect([(await post('k1')).status, (await post('k3')).status]).toEqual([200, 200]);
    expect((await lines()).filter((line) => line.k === 'effect').map((line) => [line.n, line.key])).toEqual([[1, 'k1'], [2, 'k2'], [3, 'k3']]);
  });

  it('refuses another body under a known key, and records that it came', async () => {
    await post('k1');
    const answer = await post('k1', JSON.stringify({ kind: 'void', projectNo: 'T-1' }));
    expect([answer.status, (await lines()).map((line) => line.k)]).toEqual([409, ['effect', 'repeat', 'refused']]);
    expect((await lines())[1]).toMatchObject({ same: false });
  });

  it('refuses what is not signed, not readable, not valid or has no key, without an effect', async () => {
    const answers = [await post('k1', BODY, '{}'), await post('k1', 'no json'), await post('k1', '{"kind":"open"}'), await post(null)];
    expect(answers.map((answer) => answer.status)).toEqual([401, 400, 422, 400]);
    expect(applied).toEqual([]);
    expect((await lines()).map((line) => line.k)).toEqual(Array(4).fill('refused'));
  });

  it('cuts the connection after applying, as a fault, and the repetition has no second effect', async () => {
    faults.set({ ...NO_FAULTS, closeAfterApply: 1 });
    await expect(post('k1')).rejects.toThrow();
    faults.set(NO_FAULTS);
    expect((await post('k1')).status).toBe(200);
    expect(applied).toHaveLength(1);
  });

  it('answers a status in place of applying, as a fault, with Retry-After', async () => {
    faults.set({ ...NO_FAULTS, statusRatio: 1, status: 503, retryAfter: 7 });
    const answer = await post('k1');
    expect([answer.status, answer.headers.get('retry-after'), applied.length, await lines()]).toEqual([503, '7', 0, []]);
  });

  it('tells who asks with a signature whether a key was applied, and nobody else', async () => {
    await post('k1');
    const answers = [await ask('k1'), await ask('k2'), await ask('k2', 'GET', 'k1')];
    expect(await Promise.all(answers.map(async (answer) => [answer.status, await answer.json()]))).toEqual([
      [200, { received: true }], [404, { received: false }], [401, { code: 'signature-invalid', errors: [] }],
    ]);
    expect((await lines()).map((line) => line.k)).toEqual(['effect', 'refused']);
  });

  it('never says that it does not have what it is still at work on', async () => {
    faults.set({ ...NO_FAULTS, latencyMs: 400 });
    const arrived = new Promise<void>((resolve) => { underWay = resolve; });
    const slow = post('k1');
    await arrived;
    faults.set(NO_FAULTS);
    expect([(await ask('k1')).status, applied.length, (await slow).status]).toEqual([200, 1, 200]);
  });

  it('applies a key again and again while it is forgetful, and still tells what was applied', async () => {
    faults.set({ ...NO_FAULTS, forgetful: true });
    await post('k1');
    await post('k1');
    expect(applied.map((effect) => [effect.n, effect.key])).toEqual([[1, 'k1'], [2, 'k1']]);
    expect((await ask('k1')).status).toBe(200);
  });

  it('answers HEAD while it is well, and is down for every question when it is down', async () => {
    expect((await ask('k1', 'HEAD')).status).toBe(200);
    faults.set({ ...NO_FAULTS, statusRatio: 1, status: 502 });
    expect([(await ask('k1', 'HEAD')).status, (await ask('k1')).status, (await post('k1')).status]).toEqual([502, 502, 502]);
  });

  it('never answers and applies nothing, as a fault, until the caller has had enough', async () => {
    faults.set({ ...NO_FAULTS, hang: 1 });
    await expect(ask('k1', 'GET', 'k1', AbortSignal.timeout(200))).rejects.toThrow('timeout');
    await expect(post('k1', BODY, BODY, AbortSignal.timeout(200))).rejects.toThrow('timeout');
    expect([applied, await lines()]).toEqual([[], []]);
  });

  it('applies and never answers, as a fault; whoever asks is told, and it stops all the same', async () => {
    faults.set({ ...NO_FAULTS, hangAfterApply: 1 });
    const closed = expect(post('k1')).rejects.toThrow();
    while (applied.length === 0) await new Promise((resolve) => setImmediate(resolve));
    expect((await ask('k1')).status).toBe(200);
    await server.close();
    await closed;
  });

  it('takes a canary into the sandbox: another kind of record, no effect, and the same answers', async () => {
    const canary = JSON.stringify({ kind: 'open', projectNo: 'CANARY-410204-1' });
    const answers = [await post('k1', canary, canary, null, CANARY), await post('k1', canary, canary, null, CANARY), await ask('k1')];
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect([applied, tried.map((effect) => effect.projectNo), door.deliveries.counts.received]).toEqual([[], ['CANARY-410204-1'], 0]);
    expect(await lines()).toMatchObject([{ k: 'canary', what: 'brought', key: 'k1', kind: 'open' }, { k: 'canary', what: 'repeated', key: 'k1' }]);
  });

  it('refuses what is half a canary', async () => {
    const canary = JSON.stringify({ kind: 'open', projectNo: 'CANARY-410204-1' });
    expect([(await post('k1', canary)).status, (await post('k2', BODY, BODY, null, CANARY)).status, applied, tried]).toEqual([422, 422, [], []]);
  });

  it('does not take what is sent to the address of a question', async () => {
    expect([(await ask('k1', 'DELETE')).status, (await ask('k1', 'PUT')).status, applied.length]).toEqual([405, 405, 0]);
  });
});
