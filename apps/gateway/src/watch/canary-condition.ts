import { isOpenAt, openSince } from '../channels/sending-hours.ts';
import type { CanaryFact } from '../ledger/canary-rows.ts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import type { EdgeInstanceRow } from '../ledger/edge-rows.ts';
import { partyZh } from '../ops-api/words.ts';
import { clock, msBetween } from './condition.ts';
import type { Condition, Finding, Untold } from './condition.ts';
import { deaf, living } from './edge-conditions.ts';
import { lastWords } from './living-programs.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

/** Reports that are further apart (ms) belong to different times in which canaries were sent: they had been switched off in between. */
const GAP_MS = 5 * 60_000;

/**
 * No canary of a hall has come round for too long (拨测逾期): whatever the single parts say of themselves, the path as a whole does not work.
 * The adapters say whose canaries they send, so one that never got in is missed as well. Before this gateway watched, and before canaries
 * were sent, nobody could have carried one round: those times prove nothing. A hall whose adapter fell silent is left as it is,
 * and so is one with a channel that people have paused or that is outside its hours; once it goes on, its canaries have their time again.
 */
export const canaryLate: Condition = {
  zh: '拨测逾期',
  en: 'A canary is late',
  find: (facts, limits) => {
    if (limits.canaryMs === 0) return [];
    const alive = living(facts, limits);
    const sent = hallsOf(alive);
    const untold = [...hallsOf(lastWords(facts.programs, alive, deaf(facts, limits)))].filter((hall) => !sent.has(hall));
    return [
      ...[...sent].flatMap((hall): (Finding | Untold)[] => (isShut(hall, facts) ? [leftAsItIs(hall)] : judge(hall, facts, limits))),
      ...untold.map(leftAsItIs),
    ];
  },
};

function hallsOf(programs: readonly EdgeInstanceRow[]): Set<string> {
  return new Set(programs.flatMap(({ canary_halls }) => canary_halls ?? []));
}

function leftAsItIs(hall: string): Untold {
  return { subject: `hall:${hall}`, untold: true };
}

function isShut(hall: string, { pauses, channelSettings, now }: WatchFacts): boolean {
  return theirs(hall, pauses).some(({ holds }) => holds) || theirs(hall, channelSettings).some(({ hours }) => !isOpenAt(hours, now));
}

function theirs<Row extends { readonly channel: ChannelName }>(hall: string, rows: readonly Row[]): readonly Row[] {
  return rows.filter(({ channel }) => channel === `intake:${hall}` || channel === `completion:${hall}`);
}

/** When the last of a hall's channels may have gone on again: it had been paused or outside its hours, or was set in another way; null when none ever was. */
function wentOnAt(hall: string, { pauses, channelSettings, now }: WatchFacts): Date | null {
  const ends = [
    ...theirs(hall, pauses).flatMap(({ resumed_at, until }) => resumed_at ?? until ?? []),
    // Set anew, it may have been outside its hours until then.
    ...theirs(hall, channelSettings).flatMap(({ hours, changed_at }) => [changed_at, openSince(hours, now) ?? changed_at]),
  ];
  return ends.toSorted((one, other) => other.getTime() - one.getTime())[0] ?? null;
}

function judge(hall: string, facts: WatchFacts, { canaryMs }: WatchLimits): Finding[] {
  const { canaries, programs, now, watchingSince } = facts;
  const since = sentSince(programs.filter(({ canary_halls }) => canary_halls?.includes(hall)), now);
  const fact = canaries.find(({ hall_code }) => hall_code === hall) ?? null;
  if (msBetween(fact?.round_at ?? since, now) <= canaryMs) return [];
  const opens = Math.min(msBetween(watchingSince, now), msBetween(since, now), msBetween(wentOnAt(hall, facts) ?? since, now)) > canaryMs;
  return [{ subject: `hall:${hall}`, opens, ...wordsOf(hall, fact, since), facts: factsOf(hall, fact) }];
}

/** Since when these programs, one after the other, have sent a hall's canaries without a gap. */
function sentSince(programs: readonly EdgeInstanceRow[], now: Date): Date {
  return programs.toSorted((one, other) => other.seen_at.getTime() - one.seen_at.getTime())
    .reduce((start, { first_seen_at, seen_at }) => (msBetween(seen_at, start) <= GAP_MS && first_seen_at < start ? first_seen_at : start), now);
}

function wordsOf(hallCode: string, fact: CanaryFact | null, since: Date): { zh: string; en: string } {
  const hall = `hall:${hallCode}` as const;
  const [lastZh, lastEn] = lastWordsOf(fact, since);
  const [whyZh, whyEn] = whyOf(fact);
  return { zh: `${partyZh(hall)}的拨测逾期：${lastZh}。${whyZh}`, en: `The canary of ${hall} is late: ${lastEn}. ${whyEn}` };
}

function lastWordsOf(fact: CanaryFact | null, since: Date): [string, string] {
  if (fact === null) return [`自 ${clock(since)} 起没有一件进入台账`, `none has reached the ledger since ${clock(since)}`];
  const { round_at, round_seconds, first_at } = fact;
  if (round_at === null) return [`自 ${clock(first_at)} 起没有一次走完`, `none has come round since ${clock(first_at)}`];
  const seconds = Math.round(round_seconds ?? 0);
  return [`最近一次走完的收于 ${clock(round_at)}（用时 ${seconds} 秒），此后没有`, `the last that came round was received at ${clock(round_at)} (${seconds} s)`];
}

function whyOf(fact: CanaryFact | null): [string, string] {
  if (fact === null) {
    return ['请看该大厅适配器日志“拨测事件未被入口接收”的 status 和 code，以及 gateway.intake 有没有堆积。',
      'See status and code of the refused canary in the log of the hall\'s adapter, and whether gateway.intake moves.'];
  }
  if (fact.refused === null) {
    return ['请以 /api/cases?q=CANARY- 查该大厅最新的拨测件停在哪一步，再看那一段的队列、熔断和程序。',
      'See at /api/cases?q=CANARY- where the newest canary of the hall stands, then look at the queues, circuits and programs there.'];
  }
  return [`最新的拨测被拒绝（${fact.refused}）：请核对拨测办理人 jiujin-canary 在该大厅的收件权限。`,
    `The newest was refused (${fact.refused}): check the permission of jiujin-canary at the hall.`];
}

function factsOf(hall: string, fact: CanaryFact | null): Finding['facts'] {
  return {
    hall, lastSentAt: fact?.last_at.toISOString() ?? null, lastRoundAt: fact?.round_at?.toISOString() ?? null,
    seconds: fact?.round_seconds ?? null, refused: fact?.refused ?? null,
  };
}
