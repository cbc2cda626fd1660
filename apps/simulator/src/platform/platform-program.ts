import { readCatalogue } from '../catalogue.ts';
import type { Catalogue } from '../catalogue.ts';
import type { SimulatorConfig } from '../config.ts';
import { control } from '../http/control.ts';
import type { ControlParts } from '../http/control.ts';
import { Door } from '../http/door.ts';
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
import { Platform } from './platform.ts';
import { platformStatus } from './platform-status.ts';
import { addressOf, readCompletionUpdate } from './read-completion-update.ts';
import { loadRoster } from './roster.ts';
import type { RosterState } from './roster.ts';
import { readRunOrder, Run } from './run.ts';

/** The municipal platform as a program: its doors, its control API, its start and its stop. */
export class PlatformProgram implements Program {
  readonly #record: RecordFile;
  readonly #catalogue: Catalogue;
  readonly #sender: Sender;
  readonly #platform: Platform;
  readonly #door: Door;
  readonly #control: ControlParts;
  readonly #naming: { readonly seed: number; readonly series: string };
  readonly #rates: { readonly sent: Rate; readonly received: Rate };
  readonly #batch: number;
  #roster: RosterState = 'loading';
  #rosterLoaded: Promise<void> = Promise.resolve();
  #run: Run | null = null;

  constructor(config: SimulatorConfig, record: RecordFile, origin: Origin) {
    const faults = new FaultSwitch(config.seed, 'platform');
    this.#record = record;
    this.#batch = config.batch;
    this.#catalogue = readCatalogue(config.catalogueDir);
    this.#naming = { seed: config.seed, series: origin.series };
    this.#sender = new Sender({ bridgeUrl: config.bridgeUrl, keys: config.keys.own, concurrency: config.concurrency, faults });
    this.#platform = new Platform(config, this.#catalogue, record, this.#sender, faults);
    this.#door = new Door(withSandbox({
      bridgeKeys: config.keys.bridge, seen: new SeenKeys(), record, read: readCompletionUpdate,
      faultsOf: schemaCheck(config.schemasDir, 'completion-update.schema.json'), apply: (effect) => this.#platform.onUpdate(effect),
    }, () => undefined), faults);
    this.#rates = { sent: new Rate(() => this.#sender.counts.sent), received: new Rate(() => this.#door.deliveries.counts.received) };
    this.#control = {
      record, faults, halls: this.#catalogue.halls.map((hall) => hall.code), status: () => this.#status(), busy: () => this.#busy(), reset: () => this.#reset(),
      more: { 'POST run': (body) => this.#start(body), 'POST stop': () => this.#halt() },
    };
  }

  restore(line: RecordLine): void {
    if (line.k === 'effect') this.#door.deliveries.restore(line);
    this.#platform.restore(line);
  }

  async handle(request: Arrived): Promise<Answer> {
    const to = addressOf(request.path);
    if (to !== null && this.#catalogue.halls.some((one) => one.code === to.hall)) return this.#door.handle(request, to);
    if (request.path === '/health/live') return { status: 200, body: { live: true } };
    return (await control(this.#control, request)) ?? { status: 404, body: { code: 'not-found' } };
  }

  /** The grants go first: a receipt before them would be refused. */
  begin(): void {
    this.#rosterLoaded = loadRoster(this.#catalogue, this.#sender, this.#record).then((state) => {
      this.#roster = state;
      if (state === 'refused') this.#platform.problems.add(null, 'the bridge refused a grant of the roster');
      this.#platform.resume();
    }, () => undefined);
  }

  tick(): void {
    this.#rates.sent.sample();
    this.#rates.received.sample();
  }

  async stop(): Promise<void> {
    if (this.#run !== null) this.#run.active = false;
    this.#platform.stop();
    await this.#sender.close();
  }

  #start(body: unknown): Answer {
    if (this.#run?.active === true) return { status: 409, body: { code: 'busy', detail: 'a run is still starting cases' } };
    const run = new Run(readRunOrder(body, this.#catalogue, this.#batch), this.#platform, this.#naming);
    this.#run = run;
    void this.#rosterLoaded.then(() => run.begin()).catch((error: unknown) => this.#platform.problems.add(null, String(error)));
    return { status: 202, body: { asked: run.order.cases, firstIndex: run.firstIndex } };
  }

  #halt(): Answer {
    if (this.#run !== null) this.#run.active = false;
    return { status: 200, body: this.#status() };
  }

  #status(): object {
    return platformStatus({
      ...this.#naming, catalogue: this.#catalogue, platform: this.#platform, sender: this.#sender, door: this.#door,
      rates: this.#rates, roster: this.#roster, run: this.#run,
    });
  }

  #busy(): string | null {
    const open = this.#platform.cases.size;
    return this.#run?.active === true || open > 0 ? `${open} cases are open` : null;
  }

  async #reset(): Promise<void> {
    this.#platform.reset();
    this.#door.reset();
    this.#run = null;
    await this.#record.empty();
    await this.#record.write({ k: 'born', program: 'platform', series: this.#naming.series, at: Date.now() });
  }
}
