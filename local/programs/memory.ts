import { readFileSync } from 'node:fs';

/** The most memory the process ever held, in MiB; `null` where the system does not tell. */
export function peakMemoryMiB(pid: number | null): number | null {
  try {
    const kib = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kib === undefined ? null : Math.round(Number(kib) / 1024);
  } catch {
    return null;
  }
}
