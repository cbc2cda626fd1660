import { createHash } from 'node:crypto';
import type { LevelCount } from '../queries/reconcile-day.ts';

/** The way of a case through the bridge (对账环节), in order; `level` is the number by which the ledger counts it. */
export const STAGES = {
  received: { zh: '入口收到', level: 1 },
  applied: { zh: '已入账', level: 2 },
  sent: { zh: '工单已发出', level: 3 },
  delivered: { zh: '中心已收到', level: 4 },
  answered: { zh: '中心已答复', level: 5 },
  updated: { zh: '进度已发出', level: 6 },
  acknowledged: { zh: '大厅已收到', level: 7 },
} as const satisfies Record<string, { zh: string; level: number }>;
export type Stage = keyof typeof STAGES;

const STAGE_WORDS = Object.keys(STAGES) as Stage[];

/** How many cases of one hall reached a stage, and how many of those before it did not. */
export interface StageCount {
  readonly stage: Stage;
  readonly stageZh: string;
  readonly count: number;
  readonly missing: number;
}

export interface HallRow {
  readonly hallCode: string;
  readonly stages: readonly StageCount[];
}

/** The board of a day: each stage counts the cases that reached it without a gap, so what is missing at all stages together is what did not come through. */
export function boardOf(levels: readonly LevelCount[], unapplied: readonly { readonly hall_code: string; readonly count: number }[], halls: readonly string[]): HallRow[] {
  const codes = [...new Set([...halls, ...levels.map(({ hall_code }) => hall_code), ...unapplied.map(({ hall_code }) => hall_code)])].sort();
  return codes.map((hallCode) => {
    const lost = unapplied.filter((row) => row.hall_code === hallCode).reduce((sum, { count }) => sum + count, 0);
    const counts = STAGE_WORDS.map((stage) => {
      const { level } = STAGES[stage];
      const reached = levels.filter((row) => row.hall_code === hallCode && row.level >= level).reduce((sum, { count }) => sum + count, 0);
      return level === 1 ? reached + lost : reached;
    });
    return { hallCode, stages: STAGE_WORDS.map((stage, index) => ({ stage, stageZh: STAGES[stage].zh, count: counts[index] ?? 0, missing: (counts[index - 1] ?? counts[index] ?? 0) - (counts[index] ?? 0) })) };
  });
}

/** How many cases did not come through, of all halls. */
export function openDeltas(rows: readonly HallRow[]): number {
  return rows.flatMap(({ stages }) => stages).reduce((sum, { missing }) => sum + missing, 0);
}

/** What a sign-off vouches for: the counts of a day as they stood. */
export function digestOf(day: string, rows: readonly HallRow[]): string {
  const told = rows.map(({ hallCode, stages }) => [hallCode, ...stages.map(({ count }) => count)]);
  return createHash('sha256').update(JSON.stringify([day, told])).digest('hex');
}
