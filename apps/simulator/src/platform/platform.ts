import { setTimeout as pause } from 'node:timers/promises';
import type { Catalogue } from '../catalogue.ts';
import type { SimulatorConfig } from '../config.ts';
import { Batcher } from '../http/batcher.ts';
import type { FaultSwitch } from '../http/fault-switch.ts';
import type { Sender } from '../http/sender.ts';
import type { RecordFile } from '../record/record-file.ts';
import { now } from '../record/record-lines.ts';
import type { EffectLine, RecordLine, SendingLine } from '../record/record-lines.ts';
import { CaseTally, Problems } from '../record/tally.ts';
import { scenarioOf } from '../scenario/scenario-of.ts';
import { beginCase, isOver, noteAnswer, noteSending, noteUpdate } from './hall-case.ts';
import type { Beginning, HallCase, Todo } from './hall-case.ts';
import { parcelOf, sendingLine } from './hall-events.ts';

const INDEX = /-(\d{6,9})$/;

/** The municipal platform with its halls: begins cases, shows what the bridge reports, and says what the window has to say. */
export class Platform {
  readonly tally = new CaseTally();
  readonly problems = new Problems();
  readonly cases = new Map<string, HallCase>();
  readonly batcher: Batcher;
  /** The first number not yet given to a case. */
  nextIndex = 0;
  readonly #config: SimulatorConfig;
  readonly #catalogue: Catalogue;
  readonly #record: RecordFile;
  readonly #faults: FaultSwitch;
  readonly #busy = new Set<string>();
  #lastNumber = 0;
  #unanswered = 0;
  #stopped = false;
  #room: PromiseWithResolvers<void> | null = null;

  constructor(config: SimulatorConfig, catalogue: Catalogue, record: RecordFile, sender: Sender, faults: FaultSwitch) {
    this.#config = config;
    this.#catalogue = catalogue;
    this.#record = record;
    this.#faults = faults;
    this.batcher = new Batcher(sender);
  }

  /** Takes a line of an earlier run from the record. */
  restore(line: RecordLine): void {
    if (line.k === 'sending') {
      this.#lastNumber = Math.max(this.#lastNumber, line.n);
      if (line.projectNo !== null) noteSending(this.#caseOf(line.projectNo, line), line);
    }
    if (line.k === 'answer') this.#with(line.projectNo, (one) => noteAnswer(one, line));
    if (line.k === 'effect') this.#with(line.projectNo, (one) => noteUpdate(one, line));
    if (line.k === 'end') this.#with(line.projectNo, (one) => this.#forget(one, line.result));
  }

  /** Goes on with whatever the record says is open. */
  resume(): void {
    for (const one of this.cases.values()) this.#advance(one);
  }

  stop(): void {
    this.#stopped = true;
    this.#makeRoom();
  }

  reset(): void {
    this.cases.clear();
    this.tally.clear();
    this.problems.clear();
    this.nextIndex = 0;
    this.#lastNumber = 0;
  }

  /** Begins a case and returns once there is room for another. */
  async begin(projectNo: string, hall: string, beginning: Beginning = {}): Promise<void> {
    const scenario = scenarioOf(this.#config.seed, projectNo, this.#config.supplementRounds);
    this.tally.start();
    this.#unanswered += 1;
    const one = beginCase(projectNo, hall, scenario, now(), { ...beginning, paperFirst: this.#faults.strikes('reorderSend', hall) });
    this.cases.set(projectNo, one);
    this.#advance(one);
    while (this.#isFull() && !this.#stopped) {
      this.#room ??= Promise.withResolvers();
      await this.#room.promise;
    }
  }

  /** Receipts not yet answered are kept few, so that the reactions of older cases find their way out between them. */
  #isFull(): boolean {
    return this.cases.size >= this.#config.maxOpenCases || this.#unanswered >= this.#config.concurrency * this.batcher.size;
  }

  /** An update that was just put on record. */
  onUpdate(effect: EffectLine): void {
    this.#with(effect.projectNo, (one) => {
      noteUpdate(one, effect);
      this.#advance(one);
    });
  }

  #caseOf(projectNo: string, line: SendingLine): HallCase {
    const known = this.cases.get(projectNo);
    if (known !== undefined) return known;
    const newClerk = line.step === 'grant';
    const hall = newClerk ? String(line.input.hall) : line.source.slice('/halls/'.length);
    const scenario = scenarioOf(this.#config.seed, projectNo, this.#config.supplementRounds);
    const one = beginCase(projectNo, hall, scenario, line.at, { newClerk, paperFirst: line.step === 'takePaper' });
    this.nextIndex = Math.max(this.nextIndex, Number(INDEX.exec(projectNo)?.[1] ?? -1) + 1);
    this.cases.set(projectNo, one);
    this.tally.start();
    return one;
  }

  #with(projectNo: string | null, change: (one: HallCase) => void): void {
    const one = this.cases.get(projectNo ?? '');
    if (one !== undefined) change(one);
  }

  #forget(one: HallCase, result: string): void {
    this.cases.delete(one.projectNo);
    this.tally.end(one.hall, result);
    this.#makeRoom();
  }

  #makeRoom(): void {
    this.#room?.resolve();
    this.#room = null;
  }

  #advance(one: HallCase): void {
    if (this.#busy.has(one.projectNo) || this.#stopped) return;
    this.#busy.add(one.projectNo);
    this.#work(one).catch((error: unknown) => {
      if (this.#stopped) return;
      one.todo = [];
      this.problems.add(one.projectNo, String(error));
    }).finally(() => {
      this.#busy.delete(one.projectNo);
      // News that came while the last step was being settled found the case busy.
      if ((one.todo.length > 0 || isOver(one)) && this.cases.has(one.projectNo) && !this.#stopped) this.#advance(one);
    });
  }

  async #work(one: HallCase): Promise<void> {
    if (one.pending !== null) await this.#deliver(one, one.pending);
    for (let next = one.todo[0]; next !== undefined && one.stage !== 'FAILED'; next = one.todo[0]) await this.#say(one, next);
    if (!isOver(one) || !this.cases.has(one.projectNo)) return;
    const result = one.result ?? 'FAILED';
    this.#forget(one, result);
    await this.#record.write({ k: 'end', projectNo: one.projectNo, result, at: now() });
  }

  async #say(one: HallCase, next: Todo): Promise<void> {
    if (next.step !== 'receive' && this.#config.thinkMs > 0) await pause(this.#config.thinkMs);
    this.#lastNumber += 1;
    const line = sendingLine(this.#catalogue, one, next.step, next.input, now(), this.#lastNumber);
    noteSending(one, line);
    await this.#record.write(line);
    await this.#deliver(one, line);
    if (next.step !== 'receive') return;
    this.#unanswered -= 1;
    this.#makeRoom();
  }

  async #deliver(one: HallCase, line: SendingLine): Promise<void> {
    const answer = await this.batcher.send(parcelOf(this.#catalogue, one, line));
    noteAnswer(one, answer);
    if (answer.status !== 202) this.problems.add(one.projectNo, `${line.type}: ${answer.status} ${answer.code ?? ''}`);
    await this.#record.write(answer);
  }
}
