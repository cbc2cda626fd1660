import type { LaunchPlan } from './child.ts';
import type { Profile } from './profile.ts';

export const SERVER_NAMES = ['rabbitmq', 'redis', 'postgres'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

/** What is kept between two starts of a private server: its ports and its password. Lies beside its data, readable by its owner only. */
export interface ServerState {
  readonly ports: Record<string, number>;
  readonly password: string;
}

/** A program found on this machine; `null` members never occur: a server is either there or not. */
export type Binaries = Record<string, string>;

/** How one kind of server is started and asked whether it is ready. */
export interface RunnableKind {
  /** Part of the names of its records; no two servers of one profile have the same. */
  readonly name: string;
  readonly title: string;
  readonly portNames: readonly string[];
  readonly stopSignal: NodeJS.Signals;
  readonly stopGraceMs: number;
  readonly startWithinMs: number;
  /** Writes configuration and data folders as far as they are missing; returns how to run the server. From the second `attempt` on, without anything daring. */
  prepare(profile: Profile, state: ServerState, binaries: Binaries, attempt: number): Promise<LaunchPlan>;
  isReady(state: ServerState): Promise<boolean>;
  /** A helper process that must run before and end after the server, if any. */
  companion?(profile: Profile, state: ServerState, binaries: Binaries): LaunchPlan | null;
}

/** One of the servers that the bridge needs: also how it is found, and what the programs are told of it. */
export interface ServerKind extends RunnableKind {
  readonly name: ServerName;
  /** The environment variable that names a server to use instead of a private one. */
  readonly envName: 'RABBITMQ_URL' | 'REDIS_URL' | 'DATABASE_URL';
  readonly debianPackage: string;
  findBinaries(): Binaries | null;
  urlOf(state: ServerState): string;
}
