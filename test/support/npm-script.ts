import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { until } from '../../local/until.ts';

const CHECKOUT = resolve(import.meta.dirname, '../..');
/** What the global set-up found must not reach the programs: they are to do their own set-up. */
const NOT_HANDED_ON = /^(RABBITMQ_|REDIS_|DATABASE_|NODE_OPTIONS$|JEST_|npm_)/;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const STOP_MS = 60_000;

/** An npm script as a person runs it: in a process group of its own, as a terminal would start it. */
export class NpmScript {
  readonly #ended: Promise<Ended>;
  readonly #child: ChildProcess;
  #stdout = '';
  #stderr = '';

  constructor(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const inherited = Object.entries(process.env).filter(([name]) => !NOT_HANDED_ON.test(name));
    this.#child = spawn('npm', ['run', '--silent', script, '--', ...args], {
      cwd: CHECKOUT, detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...Object.fromEntries(inherited), ...env },
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => { this.#stdout += chunk.toString(); });
    this.#child.stderr?.on('data', (chunk: Buffer) => { this.#stderr += chunk.toString(); });
    this.#ended = new Promise((resolvePromise, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code) => { resolvePromise({ code, stdout: this.#stdout, stderr: this.#stderr }); });
    });
  }

  /** Resolves when the script has written this; rejects with all it wrote when it ended without. */
  async says(words: string, within: number): Promise<void> {
    const ended = this.#ended.then((end) => { throw new Error(`it ended without saying "${words}":\n${end.stdout}\n${end.stderr}`); });
    ended.catch(() => undefined);
    await Promise.race([ended, until(() => this.#stdout.includes(words) || this.#stderr.includes(words), { within, what: `"${words}"` })]);
  }

  /** Resolves when the script ends by itself; rejects with all it wrote when it does not in time. */
  async endsWithin(within: number): Promise<Ended> {
    let end: Ended | null = null;
    void this.#ended.then((value) => { end = value; });
    return until(() => end, { within, what: 'the end of the script' }).catch((error: unknown) => {
      throw new Error(`${String(error)}; it wrote:\n${this.#stdout}\n${this.#stderr}`);
    });
  }

  /** Makes sure that nothing of it runs on after its test, whatever came of that. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.interrupt();
    await this.endsWithin(STOP_MS);
  }

  /** What a Ctrl-C does: the signal goes to every process of the group. */
  interrupt(): void {
    if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGINT');
  }
}

/** The command lines of the living processes that contain this text. */
export function processesWith(text: string): string[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid).flatMap((pid) => {
    try {
      const [line, environment] = ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' '));
      return line !== '' && `${line} ${environment}`.includes(text) ? [`${pid} ${line}`] : [];
    } catch {
      return [];
    }
  });
}
