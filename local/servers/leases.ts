import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { liveRecord, recordOf, saveRecord } from './process-record.ts';

/** Who uses a server: one file per living process. A process that was killed lets go without saying so. */
export class Leases {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  take(): void {
    mkdirSync(this.#folder, { recursive: true });
    const self = recordOf(process.pid);
    if (self) saveRecord(this.#own(), self);
  }

  drop(): void {
    rmSync(this.#own(), { force: true });
  }

  areTaken(): boolean {
    mkdirSync(this.#folder, { recursive: true });
    return readdirSync(this.#folder).some((name) => liveRecord(join(this.#folder, name)) !== null);
  }

  #own(): string {
    return join(this.#folder, `${process.pid}.json`);
  }
}
