import { setTimeout as pause } from 'node:timers/promises';
import { peakMemoryMiB } from '../../local/programs/memory.ts';
import { Program, type ProgramPlan } from '../../local/programs/program.ts';
import type { Profile } from '../../local/servers/profile.ts';
import { until } from '../../local/until.ts';
import { DIED_OF_POISON } from './deadly-mark.ts';

const FIRST_START_MS = 60_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;
const GONE_MS = 5_000;
const STOP_MS = 40_000;
const MEMORY_EVERY_MS = 1_000;
const OF_POISON = `exit code ${DIED_OF_POISON}`;

/** An end that nobody asked for, of a program that had been ready. */
export interface UnaskedEnd { readonly program: string; readonly at: number; readonly why: string }

/** A program that is started again whenever it ends, as a service manager would, until it is told to stop. */
export class KeptProgram {
  readonly name: string;
  readonly unaskedEnds: UnaskedEnd[] = [];
  /** Ends of a message that was made to end it. */
  poisonDeaths = 0;
  /** The most memory that any of its lives held, in MiB. */
  peakMiB = 0;
  starts = 0;
  readonly #program: Program;
  readonly #env: NodeJS.ProcessEnv;
  #isReady = false;
  #lastWords = '';
  #asked = false;
  #stopped = false;
  #keeping: Promise<void> = Promise.resolve();

  constructor(plan: ProgramPlan, profile: Profile) {
    this.name = plan.name;
    this.#env = { ...plan.env };
    this.#program = new Program({ ...plan, env: this.#env }, profile);
  }

  /** Starts it and keeps it; resolves when it is ready for the first time. */
  async start(signal?: AbortSignal): Promise<void> {
    const memory = setInterval(() => { this.#weigh(); }, MEMORY_EVERY_MS);
    this.#keeping = this.#keep().finally(() => { clearInterval(memory); });
    await this.ready(FIRST_START_MS, signal);
  }

  /** Rejects with what it died of when it is not ready in time. */
  async ready(within: number, signal?: AbortSignal): Promise<void> {
    await until(() => this.#isReady, { within, what: `${this.name} ready`, signal }).catch((error: unknown) => {
      throw new Error(`${String(error)}${this.#lastWords === '' ? '' : `\n${this.#lastWords}`}`, { cause: error });
    });
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  get port(): number {
    return this.#program.plan.port;
  }

  get url(): string {
    return this.#program.url;
  }

  get pid(): number | null {
    return this.#program.pid;
  }

  /** Ends this life of it; resolves when the process is gone. It is started again at once, with these settings over the usual ones. */
  async end(signal: 'SIGKILL' | 'SIGTERM', settings: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    this.#asked = true;
    Object.assign(this.#env, settings);
    const { pid, starts } = this;
    this.#weigh();
    send(pid, signal);
    // It has 10 s to finish what it has in hand; a program that takes longer is at fault itself.
    await until(() => this.starts > starts || !isThere(pid), { within: signal === 'SIGKILL' ? GONE_MS : 15_000, what: `the end of ${this.name}` });
  }

  /** Stops the process in its tracks, as a machine does that is short of everything, until it is thawed. */
  freeze(): void {
    send(this.pid, 'SIGSTOP');
  }

  thaw(): void {
    send(this.pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#weigh();
    this.thaw();
    let over = false;
    void this.#keeping.then(() => { over = true; });
    // More than once: a new life may just be beginning.
    await until(async () => {
      await this.#program.stop();
      return over;
    }, { within: STOP_MS, what: `the end of ${this.name}` });
  }

  /** The mark is asked for by a function: it changes while we wait. */
  #isStopped(): boolean {
    return this.#stopped;
  }

  async #keep(): Promise<void> {
    let failures = 0;
    while (!this.#isStopped()) {
      this.#asked = false;
      const why = await this.#live(() => { failures = 0; });
      if (this.#isStopped()) return;
      this.#lastWords = why;
      const early = !this.#isReady;
      const ofPoison = why === OF_POISON;
      if (ofPoison) this.poisonDeaths += 1;
      if (!early && !this.#asked && !ofPoison) this.unaskedEnds.push({ program: this.name, at: Date.now(), why });
      this.#isReady = false;
      if (early) failures += 1;
      await pause(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures));
    }
  }

  /** One life; gives how it ended. One that does not become ready in time is ended, too. */
  async #live(whenReady: () => void): Promise<string> {
    try {
      this.starts += 1;
      await this.#program.launch();
      await this.#program.becomeReady({});
      this.#isReady = true;
      whenReady();
      return await this.#program.watch();
    } catch (error) {
      if (isThere(this.pid)) await this.#program.stop();
      else if (this.pid !== null && (await this.#program.ended) === OF_POISON) return OF_POISON;
      return error instanceof Error ? error.message : String(error);
    }
  }

  #weigh(): void {
    this.peakMiB = Math.max(this.peakMiB, peakMemoryMiB(this.pid) ?? 0);
  }
}

function isThere(pid: number | null): boolean {
  try {
    return pid !== null && process.kill(pid, 0);
  } catch {
    return false;
  }
}

function send(pid: number | null, signal: NodeJS.Signals): void {
  try {
    if (pid !== null) process.kill(pid, signal);
  } catch {
    // It ended by itself just now.
  }
}
