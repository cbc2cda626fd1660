import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { until } from '../until.ts';
import { isAlive, recordOf, type ProcessRecord } from './process-record.ts';

/** Everything needed to run one program in the background. */
export interface LaunchPlan {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Opens a channel over which the program can be told one thing. */
  readonly withChannel?: boolean;
}

export interface Launched {
  readonly record: ProcessRecord;
  /** Tells the program something over its channel, where it has one. */
  tell(message: object): void;
  /** Keeps us running for as long as the program does; without it we may end first. */
  hold(): void;
  /** Resolves with the way it ended, such as `exit code 1`, when it does. */
  readonly ended: Promise<string>;
}

const KILL_MS = 5_000;
const TAIL_BYTES = 65_536;

/**
 * Starts a program in a process group of its own: a Ctrl-C in the terminal reaches us and not the program,
 * so that we can stop what runs in the right order. Its output goes to the log file.
 */
export async function launch(plan: LaunchPlan): Promise<Launched> {
  const { command, args, logFile, withChannel, ...options } = plan;
  const log = openSync(logFile, 'a', 0o600);
  try {
    const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log, log, ...(withChannel ? ['ipc' as const] : [])] });
    const ended = endOf(child);
    await new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
    child.unref();
    const pid = child.pid ?? 0;
    const tell = (message: object): void => { if (child.connected) child.send(message); };
    return { record: recordOf(pid) ?? { pid, startedAt: 'gone at once' }, tell, hold: () => { child.ref(); }, ended };
  } finally {
    closeSync(log);
  }
}

function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => { resolve(signal === null ? `exit code ${code}` : `signal ${signal}`); });
    child.once('error', (error) => { resolve(error.message); });
  });
}

/** Asks the process to end, and makes it end when it does not within the grace. Resolves when it is gone. */
export async function endProcess(record: ProcessRecord, signal: NodeJS.Signals, graceMs: number): Promise<void> {
  if (!isAlive(record)) return;
  send(record.pid, signal);
  const ended = await until(() => !isAlive(record), { within: graceMs, every: 30 }).catch(() => false);
  if (ended) return;
  send(-record.pid, 'SIGKILL');
  send(record.pid, 'SIGKILL');
  await until(() => !isAlive(record), { within: KILL_MS, every: 30, what: `the end of process ${record.pid}` });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It went between the look and the signal.
  }
}

/** The last lines of a log, for an error that must say why a program died. */
export function lastLines(file: string, count = 15): string {
  try {
    return readFileSync(file, 'utf8').slice(-TAIL_BYTES).trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}
