import type { Contacts, Side } from '../../failures/contacts.ts';
import { FAILURE_CLASSES } from '../../failures/failure-class.ts';
import { markVariables } from '../../failures/mark-variables.ts';
import { nextStatuses } from '../../failures/group-status.ts';
import { runbookLink } from '../../failures/runbook-link.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { scrubbedOrNull } from '../personal-numbers.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { countHallsOfGroup, failedExamples, findFailureGroup, hallsOfGroup, historyOfGroup, similarResolved } from '../queries/find-failure-group.ts';
import type { FailedExample, SimilarGroup } from '../queries/find-failure-group.ts';
import type { FailureGroupRow } from '../queries/list-failure-groups.ts';
import { partyZh, transferKindZh } from '../words.ts';
import type { FailedExampleAnswer, FailureChangeAnswer, FailureContactAnswer, FailureGroupDetailAnswer, LastFixAnswer, SimilarGroupAnswer } from './failure-group-detail.answer.ts';
import { showFailureGroup } from './show-failure-group.ts';

/** What a deployment says of its people and pages. */
export interface Surroundings {
  readonly contacts: Contacts;
  /** Address of docs/failures.md as it is served. */
  readonly runbook: string;
}

/** One group whole. @throws OpsProblem `failure-group-unknown` */
export async function readFailureGroup(trx: Reading, id: string, since: Date | null, { contacts, runbook }: Surroundings): Promise<FailureGroupDetailAnswer> {
  const row = await findFailureGroup(trx, id, since);
  if (row === undefined) throw groupUnknown();
  const sides = await sidesOf(trx, row);
  const [examples, history] = [await failedExamples(trx, id), await historyOfGroup(trx, id)];
  return {
    ...showFailureGroup(row, since !== null),
    classExplainZh: FAILURE_CLASSES[row.class].explainZh,
    note: row.note,
    runbook: row.runbook ?? runbookLink(runbook, row.signature.errorCode, row.class),
    contacts: sides.map((side) => showContact(side, contacts)),
    nextStatuses: [...nextStatuses(row.status)],
    examples: examples.map(showExample),
    representative: markVariables(scrubbedOrNull(examples[0]?.error_detail ?? null) ?? '', row.text),
    halls: (await countHallsOfGroup(trx, id)).map(({ hall_code, failed }) => ({ hallCode: hall_code, hallZh: partyZh(`hall:${hall_code}`), failedNow: failed })),
    lastFix: lastFixOf(row, history),
    history: history.map(showChange),
    similar: (await similarResolved(trx, row)).map(showSimilar),
  };
}

export function groupUnknown(): OpsProblem {
  return new OpsProblem('failure-group-unknown', { detail: 'No failure has this signature.', detailZh: '没有这个编号的失败分组。' });
}

/** Who is to be called: ourselves, the receiver, or who supplied the data that the receiver does not take. */
async function sidesOf(trx: Reading, row: FailureGroupRow): Promise<Side[]> {
  if (row.class === 'ours') return ['ours'];
  if (row.class !== 'data') return [row.signature.destination];
  if (row.signature.destination !== 'centre') return ['centre'];
  return (await hallsOfGroup(trx, row.id)).map((code): Side => `hall:${code}`);
}

/** As the group itself remembers it: the history that is read has an end. */
function lastFixOf({ resolved_at, resolved_by }: FailureGroupRow, history: Awaited<ReturnType<typeof historyOfGroup>>): LastFixAnswer | null {
  if (resolved_at === null) return null;
  const change = history.find(({ status_before, status_after }) => status_after === 'resolved' && status_before !== 'resolved');
  return { at: beijingTime(resolved_at), by: resolved_by, reason: change?.reason ?? null };
}

function showContact(side: Side, contacts: Contacts): FailureContactAnswer {
  const { name = null, phone = null, org = null } = contacts.of(side) ?? {};
  return { side, sideZh: partyZh(side === 'ours' ? 'bridge' : side), name, phone, org };
}

function showExample(row: FailedExample): FailedExampleAnswer {
  return {
    transferId: row.id, projectNo: row.project_no, attempts: row.attempts, errorDetail: scrubbedOrNull(row.error_detail), failedAt: beijingTimeOrNull(row.failed_at),
  };
}

function showChange(row: Awaited<ReturnType<typeof historyOfGroup>>[number]): FailureChangeAnswer {
  return {
    at: beijingTime(row.at), by: row.actor_name, from: row.status_before, to: row.status_after, owner: row.owner, note: row.note, reason: row.reason, ticket: row.ticket,
  };
}

function showSimilar(row: SimilarGroup): SimilarGroupAnswer {
  return {
    groupId: row.id, destinationZh: partyZh(row.destination === 'centre' ? 'centre' : `hall:${row.destination.slice('hall:'.length)}`),
    transferKindZh: transferKindZh(row.kind), resolvedAt: beijingTime(row.resolved_at), resolvedBy: row.resolved_by, reason: row.reason,
  };
}
