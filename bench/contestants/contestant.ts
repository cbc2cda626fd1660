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
  /** How much of what was begun is not settled: at 0 nothing of this round runs on into the next. */
  unsettled(): Promise<number>;
}

/** The product, which besides can be stopped and started, and asked by operators. */
export interface BridgeContestant extends Contestant {
  readonly database: string;
  readonly ops: { readonly url: string; readonly token: string };
  /** What the index of applicants is computed with: so that a ledger can be filled with people who are found. */
  readonly indexKey: Buffer;
  /** Launches all programs that are not there and waits until they are ready. */
  start(): Promise<void>;
  /** In good order. */
  stop(): Promise<void>;
}
