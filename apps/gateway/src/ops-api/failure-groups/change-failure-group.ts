import { Inject, Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import type { Selectable, Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { GROUP_STATUSES, nextStatuses } from '../../failures/group-status.ts';
import type { GroupStatus } from '../../failures/group-status.ts';
import type { FailureGroupsTable } from '../../ledger/failure-tables.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { idempotent } from '../idempotent.ts';
import { etagOf, refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { FailureGroupChangedAnswer } from './failure-group-detail.answer.ts';
import type { FailureGroupBody } from './failure-group.body.ts';
import { groupUnknown } from './read-failure-group.ts';

type Group = Pick<Selectable<FailureGroupsTable>, 'status' | 'owner' | 'note' | 'runbook' | 'version'>;

const CHANGEABLE = ['status', 'owner', 'note', 'runbook'] as const;

/** A person's change of a failure group. */
export interface GroupCommand {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly id: string;
  /** The version the person has seen. */
  readonly seen: number;
  readonly body: FailureGroupBody;
}

/** Takes up, assigns, resolves or ignores a failure group (处置失败分组). */
@Injectable()
export class ChangeFailureGroup {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** @throws OpsProblem that says why nothing was changed */
  run({ caller, key, id, seen, body }: GroupCommand): Promise<FailureGroupChangedAnswer> {
    const route = `PATCH /api/failure-groups/${id} ${etagOf(seen)}`;
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route, body }, () => change(trx, caller, id, seen, body)));
  }
}

async function change(trx: Transaction<LedgerTables>, caller: Caller, id: string, seen: number, body: FailureGroupBody): Promise<FailureGroupChangedAnswer> {
  const before = await trx.selectFrom('failure_groups').select(['status', 'owner', 'note', 'runbook', 'version']).where('id', '=', id).forUpdate().executeTakeFirst();
  if (before === undefined) throw groupUnknown();
  refuseChanged(seen, before.version, `It is ${before.status}.`, `它现在的状态为“${GROUP_STATUSES[before.status]}”。`);
  const after = changed(before, body);
  await trx.updateTable('failure_groups').set({
    ...after,
    ...(after.status === 'resolved' && before.status !== 'resolved' ? { resolved_at: sql<Date>`clock_timestamp()`, resolved_by: caller.name } : {}),
  }).where('id', '=', id).execute();
  await trx.insertInto('failure_changes').values({
    group_id: id, actor: caller.id, actor_name: caller.name, status_before: before.status, status_after: after.status, owner: after.owner, note: after.note,
    reason: body.reason, ticket: body.ticket ?? null,
  }).execute();
  await recordAction(trx, {
    caller, action: 'failure-group.changed', subjectKind: 'failure-group', subject: id, reason: body.reason, result: 'done',
    facts: { before: factsOf(before), after: factsOf(after), ticket: body.ticket ?? null },
  });
  return {
    outcome: 'changed', outcomeZh: '已更改', groupId: id, version: after.version, status: after.status, statusZh: GROUP_STATUSES[after.status], owner: after.owner, note: after.note,
  };
}

/** The group as it is to be. @throws OpsProblem `transition-forbidden` or `nothing-to-change` */
function changed(before: Group, body: FailureGroupBody): Group {
  const wanted = Object.fromEntries(CHANGEABLE.flatMap((name) => (body[name] === undefined || body[name] === before[name] ? [] : [[name, body[name]]])));
  if (Object.keys(wanted).length === 0) {
    throw new OpsProblem('nothing-to-change', { detail: 'It is already as you want it.', detailZh: '它已经是您要的样子，没有更改。' });
  }
  const after: Group = { ...before, ...wanted, version: before.version + 1 };
  if (after.status !== before.status && !nextStatuses(before.status).includes(after.status)) throw transitionForbidden(before.status, after.status);
  return after;
}

function transitionForbidden(from: GroupStatus, to: GroupStatus): OpsProblem {
  const next = nextStatuses(from);
  return new OpsProblem('transition-forbidden', {
    detail: `From ${from} it may become ${next.join(', ')}, not ${to}.`,
    detailZh: `“${GROUP_STATUSES[from]}”可以改为${next.map((one) => `“${GROUP_STATUSES[one]}”`).join('、')}，不能改为“${GROUP_STATUSES[to]}”。`,
  });
}

function factsOf({ status, owner, version }: Group): Record<string, unknown> {
  return { status, owner, version };
}
