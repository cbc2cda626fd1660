import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../until.ts';
import { endProcess, launch, type Launched } from '../servers/child.ts';
import { isTaken } from '../servers/free-port.ts';
import { CHECKOUT, type Profile } from '../servers/profile.ts';
import { liveRecord, saveRecord } from '../servers/process-record.ts';
import { lastWords } from './last-words.ts';

const READY_MS = 60_000;
const LOOK_MS = 2_000;
const STOP_MS = 15_000;
const STOP_UNREADY_MS = 2_000;
const ANY_ADDRESS: ReadonlySet<string> = new Set(['0.0.0.0', '::', '127.0.0.1']);

/** One of the bridge's programs or simulators: what to run and where it answers. */
export interface ProgramPlan {
  readonly name: string;
  readonly script: string;
  readonly nodeArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
  /** The setting by which the operator gives it another port; none where ports are chosen for them. */
  readonly portSetting?: string;
  /** Path that answers 2xx once the program can do its work. */
  readonly readyPath: string;
  /** Module to read while the program waits for its servers; see `warm-up.ts`. */
  readonly warmUp?: string;
}

/** A program under our care, from its start to its end. */
export class Program {
  readonly plan: ProgramPlan;
  readonly logFile: string;
  readonly #recordFile: string;
  #launched: Launched | null = null;
  #ready = false;
  #logStart = 0;

  constructor(plan: ProgramPlan, profile: Profile) {
    this.plan = plan;
    this.logFile = join(profile.logs, `${plan.name}.log`);
    this.#recordFile = programRecord(profile, plan.name);
  }

  get url(): string {
    const { host } = this;
    return `http://${ANY_ADDRESS.has(host) ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host}:${this.plan.port}`;
  }

  private get host(): string {
    return this.plan.env['HOST']?.trim() || '127.0.0.1';
  }

  get pid(): number | null {
    return this.#launched?.record.pid ?? null;
  }

  /** Resolves with the way the program ended, such as `exit code 0`, when it does. */
  get ended(): Promise<string> {
    if (this.#launched === null) throw new Error(`${this.plan.name} was not launched`);
    return this.#launched.ended;
  }

  /**
   * Launches the program; one that has something to warm up with waits for {@link becomeReady} after that. Rejects when somebody listens on
   * its port already: whatever answers there afterwards must be this program.
   */
  async launch(): Promise<void> {
    await this.#refuseTakenPort();
    this.#ready = false;
    const { script, nodeArgs, env, warmUp } = this.plan;
    this.#logStart = statSync(this.logFile, { throwIfNoEntry: false })?.size ?? 0;
    const gate = warmUp === undefined ? [] : ['--import', pathToFileURL(join(CHECKOUT, 'local/programs/warm-up.ts')).href];
    this.#launched = await launch({
      command: process.execPath, args: [...nodeArgs, ...gate, join(CHECKOUT, script)], cwd: CHECKOUT, logFile: this.logFile,
      env: { ...env, ...(warmUp === undefined ? {} : { JIUJIN_WARM_UP: pathToFileURL(join(CHECKOUT, warmUp)).href }) },
      withChannel: warmUp !== undefined,
    });
    saveRecord(this.#recordFile, this.#launched.record);
  }

  /** Tells the program where its servers are and resolves once it says that it is ready; rejects with its own reason when it dies first. */
  async becomeReady(serverEnv: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    if (this.#launched === null) throw new Error(`${this.plan.name} was not launched`);
    // One that warms up does not listen before it is told to go on: what does by then is another's.
    if (this.plan.warmUp !== undefined) await this.#refuseTakenPort();
    this.#launched.tell(serverEnv);
    const dead = new AbortController();
    const death = this.#launched.ended.then(async (how) => {
      const error = await this.#deathOf(how);
      dead.abort(error);
      throw error;
    });
    death.catch(() => undefined);
    const stop = signal === undefined ? dead.signal : AbortSignal.any([signal, dead.signal]);
    await Promise.race([death, until(() => this.#answers(), { within: READY_MS, every: 50, what: `${this.plan.name} ready`, signal: stop })]);
    this.#ready = true;
  }

  /** Rejects when the program has ended, were it before the call; never resolves, and keeps us running meanwhile. */
  async watch(): Promise<never> {
    if (this.#launched === null) throw new Error(`${this.plan.name} was not launched`);
    this.#launched.hold();
    throw await this.#deathOf(await this.#launched.ended);
  }

  /** Ends the program. One that never became ready has nothing in hand and gets little time. */
  async stop(): Promise<void> {
    const record = liveRecord(this.#recordFile);
    if (record) await endProcess(record, 'SIGTERM', this.#ready ? STOP_MS : STOP_UNREADY_MS);
  }

  async #refuseTakenPort(): Promise<void> {
    if (await isTaken(this.plan.port, this.host)) throw this.#portTaken();
  }

  #portTaken(): Error {
    const { name, port, portSetting } = this.plan;
    const [zh, en] = portSetting === undefined ? ['后再试', ' and try again'] : [`，或用 ${portSetting} 另设端口`, `, or set ${portSetting} to another one`];
    return new Error(`${name}：端口 ${port} 已被占用：停止占用它的程序${zh} / port ${port} is in use: stop the program that holds it${en}`);
  }

  async #answers(): Promise<boolean> {
    const answer = await fetch(`${this.url}${this.plan.readyPath}`, { signal: AbortSignal.timeout(LOOK_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  }

  async #deathOf(how: string): Promise<Error> {
    // The port may have been taken between our look and the program's own.
    if (!this.#ready && await isTaken(this.plan.port, this.host)) return this.#portTaken();
    return new Error(`${this.plan.name}：${lastWords(this.#logOfThisStart(), how) ?? `意外结束（${how}），日志 ${this.logFile}`}`);
  }

  #logOfThisStart(): string {
    const isThere = statSync(this.logFile, { throwIfNoEntry: false }) !== undefined;
    return isThere ? readFileSync(this.logFile).subarray(this.#logStart).toString('utf8') : '';
  }
}

export function programRecord(profile: Profile, name: string): string {
  return join(profile.run, `program-${name}.json`);
}
