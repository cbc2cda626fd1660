import { control } from '../http/control.ts';
import { Door } from '../http/door.ts';
import { FaultSwitch } from '../http/faults.ts';
import { schemaCheck } from '../http/schema-check.ts';
import { SeenKeys } from '../http/seen-keys.ts';
import { Sender } from '../http/sender.ts';
import type { Origin, Program } from '../program.ts';
import { runProgram } from '../program.ts';
import { Rate } from '../record/tally.ts';
import type { SimulatorConfig } from '../config.ts';
import type { RecordFile } from '../record/record-file.ts';
import { Centre } from './centre.ts';
import { centreStatus } from './centre-status.ts';
import { readWorkItem } from './read-work-item.ts';

function build(config: SimulatorConfig, record: RecordFile, origin: Origin): Program {
  const faults = new FaultSwitch();
  const sender = new Sender({ bridgeUrl: config.bridgeUrl, keys: config.keys.own, concurrency: config.concurrency, faults });
  const centre = new Centre(config, record, sender, faults);
  const door = new Door({
    bridgeKeys: config.keys.bridge, faults, seen: new SeenKeys(), record,
    faultsOf: schemaCheck(config.schemasDir, 'work-item.schema.json'), read: readWorkItem, apply: (effect) => centre.onWorkItem(effect),
  });
  const rates = { sent: new Rate(() => sender.counts.sent), received: new Rate(() => door.counts.received) };
  const status = (): object => centreStatus({ seed: config.seed, series: origin.series, centre, sender, door, rates });
  const parts = {
    record, faults, status, more: {},
    busy: () => (centre.cases.size > 0 ? `${centre.cases.size} cases are open` : null),
    reset: async () => {
      centre.reset();
      door.reset();
      await record.empty();
      await record.write({ k: 'born' as const, program: 'centre' as const, series: origin.series, at: Date.now() });
    },
  };
  return {
    restore: (line) => {
      if (line.k === 'effect') door.restore(line);
      centre.restore(line);
    },
    handle: async (request) => {
      if (request.path === '/v1/work-items' && request.method === 'POST') return door.handle(request);
      if (request.path === '/health/live') return { status: 200, body: { live: true } };
      return (await control(parts, request)) ?? { status: 404, body: { code: 'not-found' } };
    },
    begin: () => centre.resume(),
    tick: () => {
      rates.sent.sample();
      rates.received.sample();
    },
    stop: async () => {
      centre.stop();
      await sender.close();
    },
  };
}

await runProgram('centre', 8802, build);
