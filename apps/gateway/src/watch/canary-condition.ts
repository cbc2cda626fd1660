import type { CanaryFact } from '../ledger/canary-rows.ts';
import { partyZh } from '../ops-api/words.ts';
import { clock, msBetween } from './condition.ts';
import type { Condition, Finding } from './condition.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

/**
 * No canary of a hall has come round for too long (拨测逾期): whatever the single parts say of themselves, the path as a whole does not work.
 * Before this gateway watched, nobody could have carried one round: that time proves nothing.
 */
export const canaryLate: Condition = {
  zh: '拨测逾期',
  en: 'A canary is late',
  find: (facts, limits) => facts.canaries.flatMap((fact) => judge(fact, facts, limits)),
};

function judge(fact: CanaryFact, { now, watchingSince }: WatchFacts, { canaryMs }: WatchLimits): Finding[] {
  const since = fact.round_at ?? fact.first_at;
  if (canaryMs === 0 || msBetween(since, now) <= canaryMs) return [];
  return [{ subject: `hall:${fact.hall_code}`, opens: msBetween(watchingSince, now) > canaryMs, ...wordsOf(fact), facts: factsOf(fact) }];
}

function wordsOf({ hall_code, round_at, round_seconds, first_at, refused }: CanaryFact): { zh: string; en: string } {
  const hall = `hall:${hall_code}` as const;
  const lastZh = round_at === null ? `自 ${clock(first_at)} 起没有一次走完` : `最近一次走完的收于 ${clock(round_at)}（用时 ${Math.round(round_seconds ?? 0)} 秒），此后没有`;
  const lastEn = round_at === null ? `none has come round since ${clock(first_at)}` : `the last that came round was received at ${clock(round_at)} (${Math.round(round_seconds ?? 0)} s)`;
  const whyZh = refused === null
    ? '请以 /api/cases?q=CANARY- 查该大厅最新的拨测件停在哪一步，再看那一段的队列、熔断和程序。'
    : `最新的拨测被拒绝（${refused}）：请核对拨测办理人 jiujin-canary 在该大厅的收件权限。`;
  const whyEn = refused === null
    ? 'See at /api/cases?q=CANARY- where the newest canary of the hall stands, then look at the queues, circuits and programs there.'
    : `The newest was refused (${refused}): check the permission of jiujin-canary at the hall.`;
  return { zh: `${partyZh(hall)}的拨测逾期：${lastZh}。${whyZh}`, en: `The canary of ${hall} is late: ${lastEn}. ${whyEn}` };
}

function factsOf({ hall_code, last_at, round_at, round_seconds, refused }: CanaryFact): Finding['facts'] {
  return { hall: hall_code, lastSentAt: last_at.toISOString(), lastRoundAt: round_at?.toISOString() ?? null, seconds: round_seconds, refused };
}
