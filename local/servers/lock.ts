import { writeFileSync, rmSync } from 'node:fs';
import { until } from '../until.ts';
import { liveRecord, recordOf } from './process-record.ts';

/** A holder may be building the programs, on a busy machine; one that died is not waited for. */
const WAIT_MS = 600_000;

/** Runs the work while no other process of this machine holds the same lock file. A lock whose holder died is taken over. */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await until(() => take(path), { within: WAIT_MS, every: 50, what: `the lock ${path}`, signal });
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  try {
    writeFileSync(path, JSON.stringify(recordOf(process.pid)), { flag: 'wx', mode: 0o600 });
    return true;
  } catch {
    liveRecord(path);
    return false;
  }
}
