import { afterEach, describe, expect, it } from '@jest/globals';
import type { SendingLine } from '../record/record-lines.ts';
import { Batcher } from './batcher.ts';
import { FaultSwitch } from './fault-switch.ts';
import { NO_FAULTS } from './faults.ts';
import { listen } from './http-server.ts';
import type { Answer, Arrived } from './http-server.ts';
import { Sender } from './sender.ts';
import type { Parcel } from './sender.ts';

const keys = new Map([['centre', [
  { keyId: 'k1', algorithm: 'HMAC-SM3' as const, secret: 'first-secret-of-centre' },
  { keyId: 'k2', algorithm: 'HMAC-SHA256' as const, secret: 'second-secret-of-centre' },
]]]);

function parcel(id: string): Parcel {
  const line: SendingLine = { k: 'sending', n: 1, id, source: '/centre', type: 'case.accepted', projectNo: 'T-1', step: 'accept', sequence: 1, dataVersion: 1, input: {}, facts: {}, at: 0 };
  return { line, appKey: 'centre', target: '/v1/outcome-events', text: JSON.stringify({ id }) };
}

const accepted = (id: string): Answer => ({ status: 202, body: { id, transferId: `tr_${id}`, status: 'accepted' } });
const idsIn = (request: Arrived): string[] => [JSON.parse(request.body.toString()) as { id: string } | { id: string }[]].flat().map((one) => one.id);

describe('the sender', () => {
  const closing: (() => Promise<void>)[] = [];
  const faults = new FaultSwitch();
  afterEach(async () => {
    faults.set(NO_FAULTS);
    for (const close of closing.splice(0)) await close();
  });

  async function against(answer: (request: Arrived, attempt: number) => Answer): Promise<{ sender: Sender; seen: Arrived[] }> {
    const seen: Arrived[] = [];
    const bridge = await listen('127.0.0.1', 0, (request) => answer(request, seen.push(request)));
    const sender = new Sender({ bridgeUrl: new URL(`http://127.0.0.1:${bridge.port}`), keys, concurrency: 4, faults });
    closing.push(() => sender.close(), bridge.close);
    return { sender, seen };
  }

  it('goes on with the same event, signed anew, through 503, 429 and cut connections until it is accepted', async () => {
    const answers: Answer[] = [{ status: 503, headers: { 'retry-after': '0' } }, { status: 429 }, { status: 0, silence: 'cut' }];
    const { sender, seen } = await against((_request, attempt) => answers[attempt - 1] ?? accepted('e1'));
    const [answer] = await sender.send([parcel('e1')]);
    expect(answer).toMatchObject({ id: 'e1', status: 202, transferId: 'tr_e1', tries: 4 });
    expect(new Set(seen.map((request) => request.body.toString())).size).toBe(1);
    expect(new Set(seen.map((request) => request.headers['x-nonce'])).size).toBe(4);
    expect(new Set(seen.map((request) => request.headers['x-key-id']))).toEqual(new Set(['k1', 'k2']));
  });

  it('waits as long as it is asked to', async () => {
    const { sender } = await against((_request, attempt) => (attempt === 1 ? { status: 429, headers: { 'retry-after': '1' } } : accepted('e1')));
    const begun = performance.now();
    await sender.send([parcel('e1')]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(990);
  });

  it('takes a refusal as final', async () => {
    const { sender, seen } = await against(() => ({ status: 422, body: { code: 'contract-broken' } }));
    expect((await sender.send([parcel('e1')]))[0]).toMatchObject({ status: 422, code: 'contract-broken', tries: 1 });
    expect(seen).toHaveLength(1);
  });

  it('reads an answer for each event of a batch, and tries again only those that were asked to wait', async () => {
    const { sender, seen } = await against((request, attempt) => {
      const busy = (id: string): boolean => attempt === 1 && id === 'e2';
      return { status: 207, body: idsIn(request).map((id) => (busy(id) ? { id, status: 503 } : id === 'e3' ? { id, status: 422, problem: { code: 'contract-broken' } } : { id, status: 202, transferId: `tr_${id}` })) };
    });
    const answers = await sender.send([parcel('e1'), parcel('e2'), parcel('e3')]);
    expect(answers.map((answer) => [answer.id, answer.status, answer.code])).toEqual([['e1', 202, null], ['e2', 202, null], ['e3', 422, 'contract-broken']]);
    expect(seen.map(idsIn)).toEqual([['e1', 'e2', 'e3'], ['e2']]);
    expect(seen.map((request) => request.headers['content-type'])).toEqual(['application/cloudevents-batch+json', 'application/cloudevents+json']);
  });

  it('puts events that come together into one request when batches are asked for', async () => {
    const { sender, seen } = await against((request) => ({ status: 202, body: idsIn(request).map((id) => ({ id, status: 202, transferId: `tr_${id}` })) }));
    const batcher = new Batcher(sender);
    batcher.size = 3;
    const answers = await Promise.all(['e1', 'e2', 'e3', 'e4'].map((id) => batcher.send(parcel(id))));
    expect([answers.map((answer) => answer.id), seen.map(idsIn).map((ids) => ids.length).sort()]).toEqual([['e1', 'e2', 'e3', 'e4'], [1, 3]]);
  });

  it('sends an accepted event a second time, as a fault', async () => {
    faults.set({ ...NO_FAULTS, duplicateSend: 1 });
    const twice = Promise.withResolvers<void>();
    const { sender, seen } = await against((_request, attempt) => {
      if (attempt === 2) twice.resolve();
      return accepted('e1');
    });
    await sender.send([parcel('e1')]);
    await twice.promise;
    expect(new Set(seen.map((request) => request.body.toString())).size).toBe(1);
  });
});
