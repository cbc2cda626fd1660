import { CONDITIONS } from '../../watch/conditions.ts';
import type { Condition } from '../../watch/condition.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { scrubbed } from '../personal-numbers.ts';
import type { AlertRow } from '../queries/list-alerts.ts';
import { subjectZh } from '../words.ts';
import type { AlertAnswer } from './alert.answer.ts';

const KNOWN: Readonly<Record<string, Condition | undefined>> = CONDITIONS;

/** An alert as it is shown; one that a newer gateway opened shows under its bare name. */
export function showAlert(row: AlertRow): AlertAnswer {
  return {
    alertId: row.seq,
    condition: row.condition, conditionZh: KNOWN[row.condition]?.zh ?? row.condition,
    subject: row.subject, subjectZh: subjectZh(row.subject),
    open: row.closed_at === null,
    openedAt: beijingTime(row.opened_at), lastSeenAt: beijingTime(row.last_seen_at), closedAt: beijingTimeOrNull(row.closed_at),
    detailZh: scrubbed(row.detail_zh), detailEn: scrubbed(row.detail_en),
    facts: row.facts,
  };
}
