import type { Program } from '../../local/programs/program.ts';
import type { Aim } from '../load.ts';

export const CONTESTANTS = ['bridge', 'bare', 'template'] as const;
export type ContestantName = (typeof CONTESTANTS)[number];

/** Where one contestant's messages and rows go: a vhost, a database and a Redis database of its own on the same servers. */
export interface Ground {
  readonly rabbitmq: string;
  readonly redis: string;
  readonly database: string;
}

/** A pipeline that runs and can be measured from outside. */
export interface Contestant {
  readonly name: ContestantName;
  readonly programs: readonly Program[];
  /** The door of the halls' side, and the one of the centre's. */
  readonly doors: { readonly hall: string; readonly centre: string };
  /** How a single event, and a batch, is put to the doors. */
  readonly single: Aim;
  readonly batch: Aim;
  /** Whether everything that was begun is settled, so that nothing of this round runs on into the next. */
  atRest(): Promise<boolean>;
}
