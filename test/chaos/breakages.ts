import type { FaultName } from './faults.ts';

/** One guarantee taken out of the compiled programs, to see that the checker notices. */
export interface Breakage {
  readonly zh: string;
  /** Compiled file under `dist/`, the text that stands for the guarantee in it, and what takes its place. */
  readonly patches: readonly { readonly file: string; readonly find: string; readonly put: string }[];
  /** The faults that bring it to light. */
  readonly faults: readonly FaultName[];
  /** What the checker is expected to count. */
  readonly expect: readonly ('lost' | 'duplicated' | 'outOfOrder' | 'stuck' | 'altered' | 'failed' | 'unexplained')[];
}

export const BREAKAGES: Readonly<Record<string, Breakage>> = {};

export function isBreakageName(name: string): boolean {
  return Object.hasOwn(BREAKAGES, name);
}
