import { readFileSync } from 'node:fs';

/** The kernel counts processor time in hundredths of a second, whatever the machine's own clock ticks like. */
const MS_PER_TICK = 10;

/** Milliseconds of processor time that a process has used so far, in user and system mode; 0 when it is gone, or this is no Linux. */
export function processorMs(pid: number | null): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name may hold spaces and brackets: the fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return 0;
  }
}
