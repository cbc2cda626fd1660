import { randomBytes } from 'node:crypto';
import { catalogue } from '#contracts';
import type { Destination } from '#contracts';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { cancelPlan, findOverlapping, insertPlan, loadOpenPlans, lockCalendar, lockPlan, movePlan } from '../../ledger/maintenance-rows.ts';
import type { MaintenanceRow } from '../../ledger/maintenance-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { beijingTime } from '../beijing-time.ts';
import { readLoads } from '../forecast/read-loads.ts';
import { idempotent } from '../idempotent.ts';
import { refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { brokenQuery, OpsProblem } from '../problems/ops-problem.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import { MAINTENANCE_STATES } from './maintenance.answer.ts';
import type { MaintenanceActionAnswer } from './maintenance.answer.ts';
import type { PlanBody, PlanChangeBody } from './maintenance.body.ts';
import { checkedTimes } from './plan-times.ts';
import type { PlanTimes } from './plan-times.ts';
import { isOpen, showCatchUp, showMaintenance } from './show-maintenance.ts';

type Trx = Transaction<LedgerTables>;

/** Who wants something done, and under which key. */
export interface Request<Body> {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly body: Body;
}

/** A command about one plan, and the version that was seen. */
export interface PlanCommand<Body> extends Request<Body> {
  readonly planId: string;
  readonly seen: number;
}

/** Plans that are not over, at most. */
const MOST_PLANS = 50;

/** Writes the calendar of planned downtimes. Channels are moved by the gateways' clock, within a second or two: it alone acts by the calendar. */
@Injectable()
export class MaintenanceActions {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** @throws OpsProblem that says why it was not planned */
  async plan({ caller, key, body }: Request<PlanBody>): Promise<MaintenanceActionAnswer> {
    const now = new Date();
    const times = checkedTimes({ from: body.from === undefined ? now : new Date(body.from), to: new Date(body.to) }, now);
    requireReceiver(body.destination);
    return this.foretold(await this.ledger.write((trx) => idempotent(trx, { caller, key, route: 'POST /api/maintenance', body }, async () => {
      await lockCalendar(trx);
      if ((await loadOpenPlans(trx)).length >= MOST_PLANS) throw calendarFull();
      await refuseOverlap(trx, body.destination, times, null);
      const plan = await insertPlan(trx, {
        id: `mt_${randomBytes(12).toString('base64url')}`, destination: body.destination, starts_at: times.from, ends_at: times.to,
        reason: body.reason, ticket: body.ticket ?? null, by_id: caller.id, by_name: caller.name,
      });
      return answered(trx, 'planned', plan, { caller, reason: body.reason });
    })));
  }

  /** @throws OpsProblem that says why it was not changed */
  async change({ caller, key, planId, seen, body }: PlanCommand<PlanChangeBody>): Promise<MaintenanceActionAnswer> {
    return this.foretold(await this.ledger.write((trx) => idempotent(trx, { caller, key, route: `PATCH /api/maintenance/${planId}`, body: { seen, ...body } }, async () => {
      await lockCalendar(trx);
      const before = await openPlan(trx, planId, seen);
      const times = changedTimes(before, body);
      await refuseOverlap(trx, before.destination, times, planId);
      const plan = await movePlan(trx, planId, times.from, times.to);
      if (plan === undefined) throw planUnknown();
      return answered(trx, 'changed', plan, { caller, reason: body.reason });
    })));
  }

  /** @throws OpsProblem that says why it was not cancelled */
  async cancel({ caller, key, planId, seen, body }: PlanCommand<ReasonedBody>): Promise<MaintenanceActionAnswer> {
    return this.foretold(await this.ledger.write((trx) => idempotent(trx, { caller, key, route: `POST /api/maintenance/${planId}/cancel`, body: { seen, ...body } }, async () => {
      await openPlan(trx, planId, seen);
      const plan = await cancelPlan(trx, planId, caller.name, body.reason);
      if (plan === undefined) throw planUnknown();
      return answered(trx, 'cancelled', plan, { caller, reason: body.reason });
    })));
  }

  /** With what the downtime leaves behind. Read after the commit: it looks at many rows, and must neither hold up others who plan nor undo what was planned. */
  private async foretold(answer: MaintenanceActionAnswer): Promise<MaintenanceActionAnswer> {
    if (!isOpen(answer)) return answer;
    const loads = await this.ledger.read(readLoads).catch(() => null);
    if (loads === null) return answer;
    return { ...answer, catchUp: showCatchUp(answer.destination, { from: new Date(answer.from), to: new Date(answer.to) }, loads, new Date()) };
  }
}

const OUTCOMES = {
  planned: '已登记：到时停发，结束后由少到多逐步补送',
  changed: '已更改',
  cancelled: '已取消：停着的通道几秒内恢复，由人暂停的不动',
} as const;

async function answered(trx: Trx, outcome: keyof typeof OUTCOMES, plan: MaintenanceRow, { caller, reason }: Pick<Request<unknown>, 'caller'> & { readonly reason: string }): Promise<MaintenanceActionAnswer> {
  const answer = showMaintenance(plan, null, new Date());
  await recordAction(trx, {
    caller, action: `maintenance.${outcome}`, subjectKind: 'maintenance', subject: plan.id, reason, result: 'done',
    facts: { destination: plan.destination, from: plan.starts_at.toISOString(), until: plan.ends_at.toISOString(), ticket: plan.ticket, version: plan.version },
  });
  return { outcome, outcomeZh: OUTCOMES[outcome], ...answer };
}

/** The plan under the version that was seen, locked, with something still to come of it. @throws OpsProblem */
async function openPlan(trx: Trx, planId: string, seen: number): Promise<MaintenanceRow> {
  const plan = await lockPlan(trx, planId);
  if (plan === undefined) throw planUnknown();
  refuseChanged(seen, plan.version, `It is ${plan.state}, until ${beijingTime(plan.ends_at)}.`, `它现在${MAINTENANCE_STATES[plan.state]}，到 ${beijingTime(plan.ends_at)} 为止。`);
  if (!isOpen(plan)) throw new OpsProblem('maintenance-over', { detail: `It is ${plan.state}; plan another.`, detailZh: `它${MAINTENANCE_STATES[plan.state]}，不能再改；需要时另行登记。` });
  return plan;
}

/** @throws OpsProblem `query-broken`, `nothing-to-change` */
function changedTimes(before: MaintenanceRow, { from, to }: PlanChangeBody): PlanTimes {
  const begun = before.state === 'running';
  if (begun && from !== undefined) throw brokenQuery([{ field: 'from', rule: 'begun', zh: '维护已经开始，只能改结束时间', en: 'cannot be changed: it has begun' }]);
  const times = { from: from === undefined ? before.starts_at : new Date(from), to: to === undefined ? before.ends_at : new Date(to) };
  if (times.from.getTime() === before.starts_at.getTime() && times.to.getTime() === before.ends_at.getTime()) {
    throw new OpsProblem('nothing-to-change', { detail: 'These are its times already.', detailZh: '它的时间已经是这样，没有更改。' });
  }
  return checkedTimes(times, new Date(), begun || from === undefined);
}

async function refuseOverlap(trx: Trx, destination: Destination, { from, to }: PlanTimes, but: string | null): Promise<void> {
  const other = await findOverlapping(trx, destination, from, to, but);
  if (other === undefined) return;
  const span = `${beijingTime(other.starts_at)} – ${beijingTime(other.ends_at)}`;
  throw new OpsProblem('maintenance-overlap', {
    detail: `${other.id} is planned for it from ${span}; change that one, or choose another time.`, detailZh: `它在 ${span} 已有计划 ${other.id}；请改那一个，或另选时间。`,
  });
}

function requireReceiver(destination: Destination): void {
  if (destination === 'centre' || catalogue().hall(destination.slice('hall:'.length)) !== undefined) return;
  throw brokenQuery([{ field: 'destination', rule: 'known', zh: '目录中没有这个大厅', en: 'must be a hall of the catalogue' }]);
}

export function planUnknown(): OpsProblem {
  return new OpsProblem('maintenance-unknown', { detail: 'Plans are listed at GET /api/maintenance.', detailZh: '计划维护列表见 GET /api/maintenance。' });
}

function calendarFull(): OpsProblem {
  return new OpsProblem('maintenance-full', { detail: `${MOST_PLANS} plans are not over yet; cancel what is not needed.`, detailZh: `尚未结束的计划已有 ${MOST_PLANS} 个；请先取消不需要的。` });
}
