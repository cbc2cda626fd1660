import { statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../until.ts';
import { endProcess, lastLines, launch, type Launched } from '../servers/child.ts';
import { CHECKOUT, type Profile } from '../servers/profile.ts';
import { liveRecord, saveRecord } from '../servers/process-record.ts';

const READY_MS = 60_000;
const LOOK_MS = 2_000;
const STOP_MS = 15_000;

/** One of the bridge's programs or simulators: what to run and where it answers. */
export interface ProgramPlan {
  readonly name: string;
  readonly script: string;
  readonly nodeArgs: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly port: number;
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
  #stopping = false;
  #logStart = 0;

  constructor(plan: ProgramPlan, profile: Profile) {
    this.plan = plan;
    this.logFile = join(profile.logs, `${plan.name}.log`);
    this.#recordFile = programRecord(profile, plan.name);
  }

  get url(): string {
    return `http://127.0.0.1:${this.plan.port}`;
  }

  get pid(): number | null {
    return this.#launched?.record.pid ?? null;
  }

  /** Launches the program; one that has something to warm up with waits for {@link becomeReady} after that. */
  async launch(): Promise<void> {
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

  /** Tells the program where its servers are and resolves once it says that it is ready; rejects with its last log lines when it dies first. */
  async becomeReady(serverEnv: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<void> {
    if (this.#launched === null) throw new Error(`${this.plan.name} was not launched`);
    this.#launched.tell(serverEnv);
    const death = this.#launched.ended.then((how) => { throw this.#deathOf(how); });
    death.catch(() => undefined);
    await Promise.race([death, until(() => this.#answers(), { within: READY_MS, every: 50, what: `${this.plan.name} ready`, signal })]);
  }

  /** Rejects when the program ends without being asked to; never resolves. */
  async watch(): Promise<never> {
    const how = await (this.#launched?.ended ?? new Promise<never>(() => undefined));
    if (this.#stopping) return new Promise<never>(() => undefined);
    throw this.#deathOf(how);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const record = liveRecord(this.#recordFile);
    if (record) await endProcess(record, 'SIGTERM', STOP_MS);
  }

  async #answers(): Promise<boolean> {
    const answer = await fetch(`${this.url}${this.plan.readyPath}`, { signal: AbortSignal.timeout(LOOK_MS) });
    await answer.arrayBuffer();
    return answer.ok;
  }

  #deathOf(how: string): Error {
    const lines = (statSync(this.logFile, { throwIfNoEntry: false })?.size ?? 0) > this.#logStart ? lastLines(this.logFile, 8) : '（没有日志）';
    return new Error(`${this.plan.name} 意外结束（${how}），日志 ${this.logFile} 的最后几行：\n${lines}`);
  }
}

export function programRecord(profile: Profile, name: string): string {
  return join(profile.run, `program-${name}.json`);
}
