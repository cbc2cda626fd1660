import type { SimulatorConfig } from '../config.ts';
import { control } from '../http/control.ts';
import type { ControlParts } from '../http/control.ts';
import { Door } from '../http/door.ts';
import type { Addressed } from '../http/door.ts';
import { FaultSwitch } from '../http/fault-switch.ts';
import type { Answer, Arrived } from '../http/http-server.ts';
import { withSandbox } from '../http/sandbox.ts';
import { schemaCheck } from '../http/schema-check.ts';
import { SeenKeys } from '../http/seen-keys.ts';
import { Sender } from '../http/sender.ts';
import type { Origin, Program } from '../program.ts';
import type { RecordFile } from '../record/record-file.ts';
import type { RecordLine } from '../record/record-lines.ts';
import { Rate } from '../record/tally.ts';
import { Centre } from './centre.ts';
import { centreStatus } from './centre-status.ts';
import { readWorkItem } from './read-work-item.ts';
import { Sandbox } from './sandbox.ts';

const WORK_ITEMS = /^\/v1\/work-items(?:\/([\w.:-]{1,200}))?$/;

/** `/v1/work-items` takes work items, `/v1/work-items/{key}` tells whether one was applied. */
function addressOf(path: string): Addressed | null {
  const found = WORK_ITEMS.exec(path);
  return found === null ? null : { hall: null, key: found[1] ?? null };
}

/** The fund centre's core system as a program: its door, its control API, its start and its stop. */
export class CentreProgram implements Program {
  readonly #record: RecordFile;
  readonly #sender: Sender;
  readonly #centre: Centre;
  readonly #sandbox: Sandbox;
  readonly #door: Door;
  readonly #control: ControlParts;
  readonly #naming: { readonly seed: number; readonly series: string };
  readonly #rates: { readonly sent: Rate; readonly received: Rate };

  constructor(config: SimulatorConfig, record: RecordFile, origin: Origin) {
    const faults = new FaultSwitch(config.seed, 'centre');
    this.#record = record;
    this.#naming = { seed: config.seed, series: origin.series };
    this.#sender = new Sender({ bridgeUrl: config.bridgeUrl, keys: config.keys.own, concurrency: config.concurrency, faults });
    this.#centre = new Centre(config, record, this.#sender, faults);
    this.#sandbox = new Sandbox({ bridgeUrl: config.bridgeUrl, keys: config.keys.own }, record);
    this.#door = new Door(withSandbox({
      bridgeKeys: config.keys.bridge, seen: new SeenKeys(), record, read: readWorkItem,
      faultsOf: schemaCheck(config.schemasDir, 'work-item.schema.json'), apply: (effect) => this.#centre.onWorkItem(effect),
    }, (effect) => this.#sandbox.onWorkItem(effect)), faults);
    this.#rates = { sent: new Rate(() => this.#sender.counts.sent), received: new Rate(() => this.#door.deliveries.counts.received) };
    this.#control = {
      record, faults, halls: [], more: {}, reset: () => this.#reset(),
      status: () => centreStatus({ ...this.#naming, centre: this.#centre, sender: this.#sender, door: this.#door, rates: this.#rates }),
      busy: () => (this.#centre.cases.size > 0 ? `${this.#centre.cases.size} cases are open` : null),
    };
  }

  restore(line: RecordLine): void {
    if (line.k === 'effect') this.#door.deliveries.restore(line);
    this.#centre.restore(line);
  }

  async handle(request: Arrived): Promise<Answer> {
    const to = addressOf(request.path);
    if (to !== null) return this.#door.handle(request, to);
    if (request.path === '/health/live') return { status: 200, body: { live: true } };
    return (await control(this.#control, request)) ?? { status: 404, body: { code: 'not-found' } };
  }

  begin(): void {
    this.#centre.resume();
  }

  tick(): void {
    this.#rates.sent.sample();
    this.#rates.received.sample();
  }

  async stop(): Promise<void> {
    this.#centre.stop();
    await Promise.all([this.#sender.close(), this.#sandbox.close()]);
  }

  async #reset(): Promise<void> {
    this.#centre.reset();
    this.#door.reset();
    await this.#record.empty();
    await this.#record.write({ k: 'born', program: 'centre', series: this.#naming.series, at: Date.now() });
  }
}
