import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../until.ts';
import { endProcess, lastLines, launch } from './child.ts';
import { composeStop, composeUp } from './docker.ts';
import { choosePorts, isFree } from './free-port.ts';
import { Leases } from './leases.ts';
import { withLock } from './lock.ts';
import { isAlive, liveRecord, saveRecord } from './process-record.ts';
import type { Profile } from './profile.ts';
import type { Binaries, RunnableKind, ServerState } from './server-kind.ts';

const ATTEMPTS = 3;
const KILL_MS = 5_000;
const PORTS_FREE_MS = 1_000;
/** How long a server that lives may take for an answer before the next start ends it. */
const STALLED_MS = 15_000;

/** A server of our own, started when nobody runs it yet and stopped when the last process that holds it lets go. */
export class PrivateServer {
  readonly #kind: RunnableKind;
  readonly #profile: Profile;
  readonly #binaries: Binaries | 'docker';
  readonly #leases: Leases;
  readonly #recordFile: string;
  readonly #companionFile: string;

  constructor(kind: RunnableKind, profile: Profile, binaries: Binaries | 'docker') {
    this.#kind = kind;
    this.#profile = profile;
    this.#binaries = binaries;
    this.#leases = new Leases(join(profile.run, `${kind.name}.leases`));
    this.#recordFile = join(profile.run, `${kind.name}.json`);
    this.#companionFile = join(profile.run, `${kind.name}-companion.json`);
  }

  /** Finds the server running or starts it; returns its state once it answers. What a killed run left behind is used again when it answers, else ended. */
  async hold(signal?: AbortSignal): Promise<{ state: ServerState; found: boolean }> {
    return this.#locked(async () => {
      this.#leases.take();
      const running = await this.#runningState();
      if (running) return { state: running, found: true };
      await this.#end();
      return { state: await this.#startWithRetry(signal), found: false };
    }, signal);
  }

  /** Lets go; the last one to do so ends the server. */
  async release(): Promise<void> {
    await this.#locked(async () => {
      this.#leases.drop();
      if (!this.#leases.areTaken()) await this.#end();
    });
  }

  /** Stops the server in good order, whoever holds it; `hold` starts it again. */
  stop(): Promise<void> {
    return this.#locked(() => this.#end());
  }

  /** Ends the server as a power cut would; `hold` starts it again. */
  kill(): Promise<void> {
    return this.#locked(async () => {
      const server = liveRecord(this.#recordFile);
      if (server) await endProcess(server, 'SIGKILL', KILL_MS);
    });
  }

  /** Ends the server as an accident would, and resolves when it is gone; {@link hold} starts it again on the same data. */
  async strike(signal: NodeJS.Signals): Promise<void> {
    const server = liveRecord(this.#recordFile);
    if (server) await endProcess(server, signal, this.#kind.stopGraceMs);
  }

  /** Ports and passwords of the last start; null before the first. */
  lastState(): ServerState | null {
    try {
      return JSON.parse(readFileSync(this.#stateFile(), 'utf8')) as ServerState;
    } catch {
      return null;
    }
  }

  #locked<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return withLock(join(this.#profile.run, `${this.#kind.name}.lock`), work, signal);
  }

  async #runningState(): Promise<ServerState | null> {
    const state = this.lastState();
    if (state === null) return null;
    const answers = (): Promise<boolean> => this.#kind.isReady(state).catch(() => false);
    if (this.#binaries === 'docker') return (await answers()) ? state : null;
    // One that lives and does not answer may only be stalled: others may be at work with it.
    const outcome = await until(async () => (liveRecord(this.#recordFile) === null ? 'gone' : await answers() ? 'ready' : null), { within: STALLED_MS, every: 60 }).catch(() => 'stuck');
    return outcome === 'ready' ? state : null;
  }

  /** A port may be taken between the choice and its use: another start with other ports is the answer, a few times. */
  async #startWithRetry(signal?: AbortSignal): Promise<ServerState> {
    for (let attempt = 1; ; attempt += 1) {
      const state = await this.#chooseState(attempt === 1);
      try {
        await this.#start(state, attempt, signal);
        return state;
      } catch (error) {
        await this.#end();
        if (attempt === ATTEMPTS || signal?.aborted) throw error;
      }
    }
  }

  async #start(state: ServerState, attempt: number, signal?: AbortSignal): Promise<void> {
    if (this.#binaries === 'docker') {
      await composeUp(this.#profile, this.#kind.name, state);
      return this.#waitReady(state, () => true, '', signal);
    }
    const plan = await this.#kind.prepare(this.#profile, state, this.#binaries, attempt);
    const companion = this.#kind.companion?.(this.#profile, state, this.#binaries) ?? null;
    const helpers = companion === null ? [] : [(await launch(companion)).record];
    for (const helper of helpers) saveRecord(this.#companionFile, helper);
    const { record } = await launch(plan);
    saveRecord(this.#recordFile, record);
    await this.#waitReady(state, () => [record, ...helpers].every(isAlive), plan.logFile, signal);
  }

  async #waitReady(state: ServerState, lives: () => boolean, logFile: string, signal?: AbortSignal): Promise<void> {
    const outcome = await until(async () => {
      if (!lives()) return 'died';
      return (await this.#kind.isReady(state).catch(() => false)) ? 'ready' : null;
    }, { within: this.#kind.startWithinMs, every: 60, what: `${this.#kind.title} 就绪`, signal });
    if (outcome === 'died') throw new Error(`${this.#kind.title} 没有启动起来，日志 ${logFile} 的最后几行：\n${lastLines(logFile)}`);
  }

  async #end(): Promise<void> {
    const state = this.lastState();
    if (this.#binaries === 'docker' && state) await composeStop(this.#profile, this.#kind.name, state);
    const server = liveRecord(this.#recordFile);
    if (server) await endProcess(server, this.#kind.stopSignal, this.#kind.stopGraceMs);
    const companion = liveRecord(this.#companionFile);
    if (companion) await endProcess(companion, 'SIGTERM', 2_000);
    rmSync(this.#recordFile, { force: true });
    rmSync(this.#companionFile, { force: true });
  }

  #stateFile(): string {
    return join(this.#profile.servers, `${this.#kind.name}.json`);
  }

  async #chooseState(keepPorts: boolean): Promise<ServerState> {
    const before = this.lastState();
    if (keepPorts && before) await becomeFree(Object.values(before.ports));
    const state: ServerState = {
      ports: await choosePorts(this.#kind.portNames, keepPorts ? (before?.ports ?? {}) : {}),
      password: before?.password ?? randomBytes(24).toString('hex'),
    };
    writeFileSync(this.#stateFile(), JSON.stringify(state), { mode: 0o600 });
    return state;
  }
}

/** A process with many threads that was killed counts as gone a moment before the last of them has let go of its ports. */
async function becomeFree(ports: readonly number[]): Promise<void> {
  await until(async () => (await Promise.all(ports.map(isFree))).every(Boolean), { within: PORTS_FREE_MS }).catch(() => undefined);
}
