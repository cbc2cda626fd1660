import type { Transaction } from 'kysely';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { channelNamed } from '../../channels/channel.ts';
import { pauseChannel, resumeChannel } from '../../channels/hold-channel.ts';
import type { ChannelOrder, ChannelOutcome } from '../../channels/hold-channel.ts';
import type { PauseRow } from '../../ledger/channel-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { beijingTimeOrNull } from '../beijing-time.ts';
import { idempotent } from '../idempotent.ts';
import { refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { brokenQuery, OpsProblem } from '../problems/ops-problem.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import type { ChannelActionAnswer } from './channel.answer.ts';
import type { PauseBody } from './channel.body.ts';

/** A person's command about one channel, and the version they have seen. */
export interface ChannelCommand<Body> {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly channel: string;
  readonly version: number;
  readonly body: Body;
}

const LONGEST_PAUSE_MS = 30 * 86_400_000;

/** Pauses and resumes channels. */
@Injectable()
export class ChannelActions {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** From the answer on nothing new of the channel is ordered. @throws OpsProblem that says why it was not paused */
  pause(command: ChannelCommand<PauseBody>): Promise<ChannelActionAnswer> {
    const until = endOf(command.body.until);
    return this.act('pause', command, (trx, order) => pauseChannel(trx, order, until));
  }

  /** @throws OpsProblem that says why it was not resumed */
  resume(command: ChannelCommand<ReasonedBody>): Promise<ChannelActionAnswer> {
    return this.act('resume', command, resumeChannel);
  }

  private act(
    verb: 'pause' | 'resume', { caller, key, channel: name, version, body }: ChannelCommand<ReasonedBody>,
    work: (trx: Transaction<LedgerTables>, order: ChannelOrder) => Promise<ChannelOutcome>,
  ): Promise<ChannelActionAnswer> {
    const channel = channelNamed(name);
    if (channel === undefined) throw channelUnknown();
    const order = { channel: channel.name, caller, reason: body.reason, ticket: body.ticket ?? null, version };
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: `POST /api/channels/${name}/${verb}`, body: { version, ...body } },
      async () => show(verb, done(await work(trx, order), version))));
  }
}

export function channelUnknown(): OpsProblem {
  return new OpsProblem('channel-unknown', { detail: 'No hall that takes part has this channel.', detailZh: '没有哪个在用的大厅有这个通道。' });
}

/** @throws OpsProblem `query-broken` for an end that is no moment, is over, or is too far away */
function endOf(until: string | undefined): Date | null {
  if (until === undefined) return null;
  const end = new Date(until);
  const ahead = end.getTime() - Date.now();
  if (ahead > 0 && ahead <= LONGEST_PAUSE_MS) return end;
  throw brokenQuery([{ field: 'until', rule: 'ahead', zh: '须为今后 30 天内的时间', en: 'must be a time within the next 30 days' }]);
}

function done(outcome: ChannelOutcome, seen: number): PauseRow {
  if (outcome.kind === 'done') return outcome.pause;
  const holds = outcome.pause?.holds === true;
  if (outcome.kind === 'changed-meanwhile') {
    refuseChanged(seen, outcome.pause?.version ?? seen + 1, holds ? 'It is paused.' : 'It is not paused.', holds ? '通道已暂停。' : '通道没有暂停。');
  }
  throw holds
    ? new OpsProblem('channel-paused', { detail: 'It is paused already; resume it first to pause it anew.', detailZh: '通道已经暂停；要改理由或时间，请先恢复再暂停。' })
    : new OpsProblem('channel-running', { detail: 'It is not paused; there is nothing to resume.', detailZh: '通道没有暂停，无须恢复。' });
}

function show(verb: 'pause' | 'resume', { channel, until, version }: PauseRow): ChannelActionAnswer {
  return verb === 'pause'
    ? { outcome: 'paused', outcomeZh: '通道已暂停：新的件先存在台账里，已派出的照常走完', channel, until: beijingTimeOrNull(until), version }
    : { outcome: 'resumed', outcomeZh: '通道已恢复：积存的件正逐步发出', channel, until: null, version };
}
