import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readCatalogue } from './catalogue.ts';
import { Centre } from './centre/centre.ts';
import type { SimulatorConfig } from './config.ts';
import { FaultSwitch } from './http/fault-switch.ts';
import { NO_FAULTS, readFaults } from './http/faults.ts';
import { listen } from './http/http-server.ts';
import { Sender } from './http/sender.ts';
import { Platform } from './platform/platform.ts';
import { RecordFile } from './record/record-file.ts';
import { projectNoOf, scenarioOf } from './scenario/scenario-of.ts';

interface Told { readonly type: string; readonly sequence?: number; readonly subject: string }

const HALL = '410204';
const catalogue = readCatalogue('libs/contracts/data');
const key = { keyId: 'k1', algorithm: 'HMAC-SM3' as const, secret: 'a-secret-for-this-test' };
const config = { seed: 1, series: null, supplementRounds: 1, batch: 1, thinkMs: 0, concurrency: 4, maxOpenCases: 100 } as unknown as SimulatorConfig;

/** A case that has paper to report. */
function paperCase(): string {
  const numbers = Array.from({ length: 60 }, (_, index) => projectNoOf(HALL, 1, 'abc', index, 'straight'));
  return numbers.find((projectNo) => scenarioOf(1, projectNo).paper) ?? '';
}

describe('the fault reorderSend', () => {
  const faults = new FaultSwitch();
  let folder: string;
  let record: RecordFile;
  let bridge: Awaited<ReturnType<typeof listen>>;
  let sender: Sender;
  let told: Told[];
  let enough: (told: readonly Told[]) => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'simulator-order-'));
    record = await RecordFile.open(folder);
    told = [];
    bridge = await listen('127.0.0.1', 0, (request) => {
      const event = JSON.parse(request.body.toString()) as Told & { id: string };
      told.push(event);
      enough(told);
      return { status: 202, body: { id: event.id, transferId: `tr_${event.id}`, status: 'accepted' } };
    });
    const keys = new Map([['centre', [key]], [`hall-${HALL}`, [key]]]);
    sender = new Sender({ bridgeUrl: new URL(`http://127.0.0.1:${bridge.port}`), keys, concurrency: 4, faults });
  });
  afterEach(async () => {
    faults.set(NO_FAULTS);
    await sender.close();
    await bridge.close();
    await record.close();
    await rm(folder, { recursive: true });
  });

  /** What arrives of one case until `count` events are there, with the number each carries. */
  async function first(count: number, begin: () => unknown): Promise<[string, number | undefined][]> {
    const arrived = new Promise<void>((resolve) => {
      enough = (all) => all.length >= count && resolve();
    });
    begin();
    await arrived;
    return told.slice(0, count).map((event) => [event.type, event.sequence]);
  }
  const work = (flow = 'straight'): void => {
    const centre = new Centre(config, record, sender, faults);
    centre.onWorkItem({ k: 'effect', n: 1, key: 'a', digest: '', at: 1, projectNo: `T-${flow}-1`, hall: null, kind: 'open', updateSequence: null, facts: { hall: { code: HALL }, known: [] } });
  };
  const receive = (): unknown => new Platform(config, catalogue, record, sender, faults).begin(paperCase(), HALL);

  it('lets the centre send two neighbouring outcomes the wrong way round, numbered as they belong', async () => {
    faults.set({ ...NO_FAULTS, reorderSend: 1 });
    expect(await first(4, () => work())).toEqual([['case.step.recorded', 2], ['case.accepted', 1], ['case.completed', 4], ['case.decided', 3]]);
  });

  it('leaves the order of the centre alone otherwise', async () => {
    expect(await first(4, () => work())).toEqual([['case.accepted', 1], ['case.step.recorded', 2], ['case.decided', 3], ['case.completed', 4]]);
  });

  it('never lets the centre give up on a supplement whose time is not over', async () => {
    faults.set({ ...NO_FAULTS, reorderSend: 1 });
    expect(await first(2, () => work('timeout'))).toEqual([['case.supplement.required', 1], ['case.returned', 2]]);
  });

  it('lets a hall report the paper before the case it belongs to', async () => {
    faults.set({ ...NO_FAULTS, reorderSend: 1 });
    expect(await first(2, receive)).toEqual([['paper.received', undefined], ['case.received', 1]]);
    expect(new Set(told.map((event) => event.subject))).toEqual(new Set([paperCase()]));
  });

  it('leaves the order of a hall alone otherwise, also when it strikes another hall', async () => {
    faults.set(readFaults({ halls: { '410202': { reorderSend: 1 } } }, ['410202']));
    expect(await first(2, receive)).toEqual([['case.received', 1], ['paper.received', undefined]]);
  });
});
