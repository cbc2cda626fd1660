import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/** A process that can be told from a later one which got the same number. */
export interface ProcessRecord {
  readonly pid: number;
  /** The operating system's own words for when the process started. */
  readonly startedAt: string;
}

/** The record of a live process; `null` when there is none, or only its corpse. */
export function recordOf(pid: number): ProcessRecord | null {
  const startedAt = process.platform === 'linux' ? linuxStart(pid) : otherStart(pid);
  return startedAt === null ? null : { pid, startedAt };
}

export function isAlive(record: ProcessRecord): boolean {
  return recordOf(record.pid)?.startedAt === record.startedAt;
}

export function saveRecord(path: string, record: ProcessRecord): void {
  writeFileSync(path, JSON.stringify(record), { mode: 0o600 });
}

/** The live process that the file names. A file that is torn, or names a process long gone, is removed. */
export function liveRecord(path: string): ProcessRecord | null {
  const record = readRecord(path);
  if (record !== null && isAlive(record)) return record;
  rmSync(path, { force: true });
  return null;
}

function readRecord(path: string): ProcessRecord | null {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(path, 'utf8')) as Partial<ProcessRecord>;
    return Number.isInteger(pid) && typeof startedAt === 'string' ? { pid: Number(pid), startedAt } : null;
  } catch {
    return null;
  }
}

/** Field 22 of /proc/<pid>/stat: clock ticks after boot. The name in field 2 may hold spaces and brackets, so the line is read from its last bracket. */
function linuxStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state] = fields;
    return state === 'Z' || state === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

function otherStart(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 5_000 }).trim();
    return line === '' ? null : line;
  } catch {
    return null;
  }
}
