import type { Readable } from 'node:stream';

/** Where text goes, and whether a person looks at it. */
export interface TextOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** What bridgectl finds around it: everything it reads and writes besides the gateway and named files. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The user's own folder. */
  readonly home: string;
  /** The checkout that bridgectl belongs to. */
  readonly checkout: string;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  readonly stdout: TextOutput;
  readonly stderr: TextOutput;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
}
