import { setTimeout as pause } from 'node:timers/promises';
import type { SimulatorConfig } from '../config.ts';
import type { FaultSwitch } from '../http/fault-switch.ts';
import { Batcher } from '../http/batcher.ts';
import type { Sender } from '../http/sender.ts';
import type { RecordFile } from '../record/record-file.ts';
import { now } from '../record/record-lines.ts';
import type { EffectLine, RecordLine, SendingLine } from '../record/record-lines.ts';
import { CaseTally, Problems } from '../record/tally.ts';
import { centreScenarioOf, seriesOf } from '../scenario/scenario-of.ts';
import { endOf, nextOf, noteAnswer, noteSending, noteWorkItem, openCase, projectTypeOf } from './centre-case.ts';
import type { CentreCase, Next } from './centre-case.ts';
import { NEVER_AHEAD, parcelOf, sendingLine } from './outcomes.ts';

/** The centre's core system: takes work items, works each case through its scenario, one outcome after the other. */
export class Centre {
  readonly tally = new CaseTally();
  readonly problems = new Problems();
  readonly cases = new Map<string, CentreCase>();
  readonly #config: SimulatorConfig;
  readonly #record: RecordFile;
  readonly #batcher: Batcher;
  readonly #faults: FaultSwitch;
  readonly #busy = new Set<string>();
  #lastNumber = 0;
  #stopped = false;

  constructor(config: SimulatorConfig, record: RecordFile, sender: Sender, faults: FaultSwitch) {
    this.#config = config;
    this.#record = record;
    this.#batcher = new Batcher(sender);
    this.#batcher.size = config.batch;
    this.#faults = faults;
  }

  /** Takes a line of an earlier run from the record. */
  restore(line: RecordLine): void {
    if (line.k === 'effect') this.#take(line);
    if (line.k === 'sending') {
      this.#lastNumber = Math.max(this.#lastNumber, line.n);
      this.#with(line.projectNo, (one) => noteSending(one, line));
    }
    if (line.k === 'answer') this.#with(line.projectNo, (one) => noteAnswer(one, line));
    if (line.k === 'end') this.#with(line.projectNo, (one) => this.#forget(one, line.result));
  }

  /** Goes on with whatever the record says is open. */
  resume(): void {
    for (const one of this.cases.values()) this.#advance(one);
  }

  stop(): void {
    this.#stopped = true;
  }

  reset(): void {
    this.cases.clear();
    this.tally.clear();
    this.problems.clear();
    this.#lastNumber = 0;
  }

  /** A work item that was just put on record. */
  onWorkItem(effect: EffectLine): void {
    const one = this.#take(effect);
    if (one !== null) this.#advance(one);
  }

  #take(effect: EffectLine): CentreCase | null {
    const known = this.cases.get(effect.projectNo);
    if (known !== undefined) {
      noteWorkItem(known, effect);
      return known;
    }
    if (effect.kind !== 'open') return null;
    const scenario = centreScenarioOf(this.#config.seed, effect.projectNo, this.#config.supplementRounds, projectTypeOf(effect));
    const one = openCase(effect, scenario, this.#isLeftover(effect.projectNo));
    this.cases.set(effect.projectNo, one);
    if (!one.leftover) this.tally.start();
    return one;
  }

  /** A bridge that was stopped in the middle brings the work items of earlier runs when it is back. */
  #isLeftover(projectNo: string): boolean {
    const { series } = this.#config;
    return series !== null && (seriesOf(projectNo) ?? series) !== series;
  }

  #with(projectNo: string | null, change: (one: CentreCase) => void): void {
    const one = this.cases.get(projectNo ?? '');
    if (one !== undefined) change(one);
  }

  #forget(one: CentreCase, result: string): void {
    this.cases.delete(one.projectNo);
    if (!one.leftover) this.tally.end(one.hall, result);
  }

  #advance(one: CentreCase): void {
    if (this.#busy.has(one.projectNo) || this.#stopped) return;
    this.#busy.add(one.projectNo);
    this.#work(one).catch((error: unknown) => {
      if (this.#stopped) return;
      one.refused = 'simulator-fault';
      this.problems.add(one.projectNo, String(error));
    }).finally(() => {
      this.#busy.delete(one.projectNo);
      // A work item that came while the last step was being settled found the case busy.
      if (typeof nextOf(one) !== 'string' && this.cases.has(one.projectNo) && !this.#stopped) this.#advance(one);
    });
  }

  async #work(one: CentreCase): Promise<void> {
    if (one.pending.length > 0) await this.#deliver(one, one.pending);
    for (let next = nextOf(one); typeof next !== 'string'; next = nextOf(one)) await this.#step(one, next);
    const end = endOf(one);
    if (end === null || !this.cases.has(one.projectNo)) return;
    this.#forget(one, end);
    await this.#record.write({ k: 'end', projectNo: one.projectNo, result: end, at: now() });
  }

  async #step(one: CentreCase, next: Exclude<Next, string>): Promise<void> {
    await this.#think(one, next);
    if (nextOf(one) === 'over') return;
    const lines = this.#plan(one, next);
    await this.#record.write(...lines);
    await this.#deliver(one, lines);
  }

  async #think(one: CentreCase, next: Exclude<Next, string>): Promise<void> {
    const overdue = next.step === 'returnTimeout' ? one.supplementDueAt - now() + 5 : 0;
    const wait = Math.max(this.#config.thinkMs, overdue);
    if (wait > 0) await pause(wait);
  }

  /** The next outcome; or, as a fault, the next two with the later one first. */
  #plan(one: CentreCase, next: Exclude<Next, string>): SendingLine[] {
    const first = this.#announce(one, next);
    const after = nextOf(one);
    if (typeof after === 'string' || after.place !== next.place + 1 || NEVER_AHEAD.has(after.step) || !this.#faults.strikes('reorderSend')) return [first];
    return [this.#announce(one, after), first];
  }

  #announce(one: CentreCase, next: Exclude<Next, string>): SendingLine {
    this.#lastNumber += 1;
    const line = sendingLine(one, next.step, next.place, now(), this.#lastNumber);
    noteSending(one, line);
    return line;
  }

  async #deliver(one: CentreCase, lines: readonly SendingLine[]): Promise<void> {
    for (const line of lines) {
      const answer = await this.#batcher.send(parcelOf(one, line));
      noteAnswer(one, answer);
      if (answer.status !== 202) this.problems.add(one.projectNo, `${line.type}: ${answer.status} ${answer.code ?? ''}`);
      await this.#record.write(answer);
    }
  }
}
