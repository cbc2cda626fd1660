import { STAGES } from './stages.ts';

/** What a side's list says of the cases it names (清单), and the stage at which the ledger says the same. */
export const LIST_KINDS = {
  sent: { zh: '已送出的收件', centre: null, hall: STAGES.applied.level },
  received: { zh: '已收到的', centre: STAGES.delivered.level, hall: STAGES.acknowledged.level },
  returned: { zh: '已答复的', centre: STAGES.answered.level, hall: null },
} as const;
export type ListKind = keyof typeof LIST_KINDS;

/** The level that stands for a list; `null` when this side says no such thing. */
export function levelOf(side: string, kind: ListKind): number | null {
  return side === 'centre' ? LIST_KINDS[kind].centre : LIST_KINDS[kind].hall;
}
