import { readFileSync } from 'node:fs';
import { peakMemoryMiB } from '../local/programs/memory.ts';
import type { Program } from '../local/programs/program.ts';

/** Remembers the most memory each program ever held, also of processes that have ended since. */
export class MemoryWatch {
  readonly #peaks = new Map<string, number>();

  /** To be called before a program ends: afterwards the system has forgotten. */
  note(programs: readonly Program[]): void {
    for (const { plan, pid } of programs) {
      const peak = peakMemoryMiB(pid);
      if (peak !== null) this.#peaks.set(plan.name, Math.max(peak, this.#peaks.get(plan.name) ?? 0));
    }
  }

  /** Peak resident memory in MiB by the program's name. */
  peaks(): Record<string, number> {
    return Object.fromEntries(this.#peaks);
  }
}

/** Resident memory of each program now, in MiB. */
export function residentMiB(programs: readonly Program[]): Record<string, number> {
  return Object.fromEntries(programs.flatMap(({ plan, pid }) => {
    try {
      const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return kib === undefined ? [] : [[plan.name, Math.round(Number(kib) / 1024)]];
    } catch {
      return [];
    }
  }));
}
