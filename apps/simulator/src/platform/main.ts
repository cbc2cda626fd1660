import { readCatalogue } from '../catalogue.ts';
import type { SimulatorConfig } from '../config.ts';
import { control } from '../http/control.ts';
import { Door } from '../http/door.ts';
import { FaultSwitch } from '../http/faults.ts';
import type { Answer, Arrived } from '../http/http-server.ts';
import { schemaCheck } from '../http/schema-check.ts';
import { SeenKeys } from '../http/seen-keys.ts';
import { Sender } from '../http/sender.ts';
import type { Origin, Program } from '../program.ts';
import { runProgram } from '../program.ts';
import type { RecordFile } from '../record/record-file.ts';
import { Rate } from '../record/tally.ts';
import { Platform } from './platform.ts';
import { platformStatus } from './platform-status.ts';
import { readCompletionUpdate, UPDATE_PATH } from './read-completion-update.ts';
import { loadRoster } from './roster.ts';
import type { RosterState } from './roster.ts';
import { readRunOrder, Run } from './run.ts';

function build(config: SimulatorConfig, record: RecordFile, origin: Origin): Program {
  const catalogue = readCatalogue(config.catalogueDir);
  const faults = new FaultSwitch();
  const sender = new Sender({ bridgeUrl: config.bridgeUrl, keys: config.keys.own, concurrency: config.concurrency, faults });
  const platform = new Platform(config, catalogue, record, sender, faults);
  const door = new Door({
    bridgeKeys: config.keys.bridge, faults, seen: new SeenKeys(), record,
    faultsOf: schemaCheck(config.schemasDir, 'completion-update.schema.json'), read: readCompletionUpdate, apply: (effect) => platform.onUpdate(effect),
  });
  const rates = { sent: new Rate(() => sender.counts.sent), received: new Rate(() => door.counts.received) };
  const naming = { seed: config.seed, series: origin.series };
  let roster: RosterState = 'loading';
  let rosterLoaded: Promise<void> = Promise.resolve();
  let run: Run | null = null;
  const status = (): object => platformStatus({ ...naming, catalogue, platform, sender, door, rates, roster, run });

  const startRun = (body: unknown): Answer => {
    if (run?.active === true) return { status: 409, body: { code: 'busy', detail: 'a run is still starting cases' } };
    const next = new Run(readRunOrder(body, catalogue), platform, naming);
    run = next;
    void rosterLoaded.then(() => next.begin()).catch((error: unknown) => platform.problems.add(null, String(error)));
    return { status: 202, body: { asked: next.order.cases, firstIndex: next.firstIndex } };
  };
  const stopRun = (): Answer => {
    if (run !== null) run.active = false;
    return { status: 200, body: status() };
  };
  const parts = {
    record, faults, status, more: { 'POST run': startRun, 'POST stop': stopRun },
    busy: () => (run?.active === true || platform.cases.size > 0 ? `${platform.cases.size} cases are open` : null),
    reset: async () => {
      platform.reset();
      door.reset();
      run = null;
      await record.empty();
      await record.write({ k: 'born' as const, program: 'platform' as const, series: origin.series, at: Date.now() });
    },
  };
  const isHall = (request: Arrived): boolean => catalogue.halls.some((hall) => hall.code === UPDATE_PATH.exec(request.path)?.[1]);

  return {
    restore: (line) => {
      if (line.k === 'effect') door.restore(line);
      platform.restore(line);
    },
    handle: async (request) => {
      if (request.method === 'POST' && isHall(request)) return door.handle(request);
      if (request.path === '/health/live') return { status: 200, body: { live: true } };
      return (await control(parts, request)) ?? { status: 404, body: { code: 'not-found' } };
    },
    begin: () => {
      rosterLoaded = loadRoster(catalogue, sender, record).then((state) => {
        roster = state;
        if (state === 'refused') platform.problems.add(null, 'the bridge refused a grant of the roster');
        platform.resume();
      }, () => undefined);
    },
    tick: () => {
      rates.sent.sample();
      rates.received.sample();
    },
    stop: async () => {
      if (run !== null) run.active = false;
      platform.stop();
      await sender.close();
    },
  };
}

await runProgram('platform', 8801, build);
