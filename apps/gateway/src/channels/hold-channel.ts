import type { Transaction } from 'kysely';
import type { Caller } from '../access/caller.ts';
import { recordAction } from '../evidence/record-action.ts';
import { endPause, lockOutBatches, lockPause, upsertPause } from '../ledger/channel-rows.ts';
import type { PauseRow } from '../ledger/channel-rows.ts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import type { LedgerTables } from '../ledger/tables.ts';

type Trx = Transaction<LedgerTables>;

/** What somebody wants done with a channel, and the version they looked at (0: it never was paused). */
export interface ChannelOrder {
  readonly channel: ChannelName;
  readonly caller: Pick<Caller, 'id' | 'name' | 'address'>;
  readonly reason: string;
  readonly ticket: string | null;
  readonly version: number;
}

/** What came of it: done, or what is there instead. */
export type ChannelOutcome =
  | { readonly kind: 'done'; readonly pause: PauseRow }
  | { readonly kind: 'changed-meanwhile' | 'already-paused' | 'not-paused'; readonly pause: PauseRow | null };

/**
 * Pauses a channel (暂停通道) in the caller's transaction. From its commit on nothing new of the channel is ordered, on any gateway: batches that
 * may have decided otherwise have ended, and those that come next see it. What is out already comes to its end; intake at the doors goes on.
 */
export async function pauseChannel(trx: Trx, order: ChannelOrder, until: Date | null): Promise<ChannelOutcome> {
  await lockOutBatches(trx);
  const { channel, caller, reason, ticket, version } = order;
  const present = await lockPause(trx, channel);
  if ((present?.version ?? 0) !== version) return { kind: 'changed-meanwhile', pause: present ?? null };
  if (present?.holds === true) return { kind: 'already-paused', pause: present };
  const pause = await upsertPause(trx, { channel, reason, ticket, by_id: caller.id, by_name: caller.name, until }, version);
  // Two first pauses of a channel: there was no row yet to lock, and the other was first. The lock above lets one of them in at a time.
  if (pause === undefined) return { kind: 'changed-meanwhile', pause: null };
  await recordAction(trx, {
    caller, action: 'channel.paused', subjectKind: 'channel', subject: channel, reason, result: 'done', facts: { until: until?.toISOString() ?? null, ticket, version: pause.version },
  });
  return { kind: 'done', pause };
}

/** Lets a channel go on (恢复通道) in the caller's transaction; what it held goes out step by step afterwards. */
export async function resumeChannel(trx: Trx, { channel, caller, reason, ticket, version }: ChannelOrder): Promise<ChannelOutcome> {
  const present = await lockPause(trx, channel);
  if ((present?.version ?? 0) !== version) return { kind: 'changed-meanwhile', pause: present ?? null };
  if (present?.holds !== true) return { kind: 'not-paused', pause: present ?? null };
  const pause = await endPause(trx, channel, version);
  if (pause === undefined) return { kind: 'changed-meanwhile', pause: present };
  await recordAction(trx, {
    caller, action: 'channel.resumed', subjectKind: 'channel', subject: channel, reason, result: 'done', facts: { ticket, version: pause.version, pausedAt: present.paused_at.toISOString() },
  });
  return { kind: 'done', pause };
}
