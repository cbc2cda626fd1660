import { CASE_STATUSES } from '#contracts';
import { countHeldInChannels } from '../../ledger/channel-figures.ts';
import { loadPauses } from '../../ledger/channel-rows.ts';
import { countLetters } from '../../ledger/queue-work-rows.ts';
import { countFailed } from '../../ledger/trouble-rows.ts';
import { showAlert } from '../alerts/show-alert.ts';
import { actionZh } from '../audit/action-words.ts';
import { showAction } from '../audit/show-action.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { showCircuitChange } from '../circuits/show-circuit.ts';
import { showFailureGroup } from '../failure-groups/show-failure-group.ts';
import { showMaintenance } from '../maintenance/show-maintenance.ts';
import { showOperation } from '../operations/show-operation.ts';
import type { Reading } from '../ops-ledger.ts';
import { scrubbed } from '../personal-numbers.ts';
import type { ActionRow } from '../queries/list-actions.ts';
import { runningPlans } from '../queries/list-alerts.ts';
import { listCircuitChanges } from '../queries/list-circuits.ts';
import { plansBetween } from '../queries/list-maintenance.ts';
import { actionsOfPeriod, alertsOfPeriod, casesPromised, countActions, countPendingEdits, groupsOfPeriod, operationsOfPeriod, PART_CAP } from '../queries/shift-rows.ts';
import type { Period, PromisedCase } from '../queries/shift-rows.ts';
import { countWaiting } from '../queries/summary-waiting.ts';
import { channelZh, partyZh } from '../words.ts';
import type { NoteActionAnswer, NoteDeadlineAnswer, NoteNowAnswer, NotePausedAnswer, ShiftNoteAnswer } from './shift-note.answer.ts';
import { NOTED_ACTIONS } from './noted-actions.ts';

/** How far ahead deadlines and downtimes are told (ms), and how far back deadlines that were missed. */
const AHEAD_MS = 24 * 3_600_000;
const BACK_MS = 7 * 24 * 3_600_000;
const WAITING_CAP = 10_000;

/** Everything that who takes over must know of a period, and how things are now. Each part is bounded. */
export async function readNote(trx: Reading, period: Period, now: Date, environment: string): Promise<ShiftNoteAnswer> {
  const plans = await runningPlans(trx);
  return {
    from: beijingTime(period.from), to: beijingTime(period.to), madeAt: beijingTime(now), environment,
    now: await readNow(trx),
    alerts: (await alertsOfPeriod(trx, period)).map((row) => showAlert(row, plans)),
    failureGroups: (await groupsOfPeriod(trx, period)).map((row) => showFailureGroup(row, true)),
    circuitChanges: (await listCircuitChanges(trx, { from: period.from, until: period.to }, null, PART_CAP)).map(showCircuitChange),
    operations: (await operationsOfPeriod(trx, period)).map(showOperation),
    pausedChannels: await readPaused(trx),
    maintenance: (await plansBetween(trx, period.from, new Date(period.to.getTime() + AHEAD_MS), PART_CAP)).map((plan) => showMaintenance(plan, null, now)),
    deadlines: (await casesPromised(trx, { from: new Date(period.to.getTime() - BACK_MS), to: new Date(period.to.getTime() + AHEAD_MS) })).map((row) => showDeadline(row, now)),
    actionCounts: (await countActions(trx, period, NOTED_ACTIONS)).map(({ action, count }) => ({ action, actionZh: actionZh(action), count })),
    actions: (await actionsOfPeriod(trx, period, NOTED_ACTIONS)).map(showNoted),
  };
}

async function readNow(trx: Reading): Promise<NoteNowAnswer> {
  return {
    failed: (await countFailed(trx)).map(({ destination, count }) => ({ destination, destinationZh: partyZh(destination), count })),
    deadLetters: await countLetters(trx), waitingEvents: (await countWaiting(trx, WAITING_CAP)).count, pendingEdits: await countPendingEdits(trx),
  };
}

async function readPaused(trx: Reading): Promise<NotePausedAnswer[]> {
  const held = await countHeldInChannels(trx);
  return (await loadPauses(trx)).filter(({ holds }) => holds).map(({ channel, by_name, paused_at, reason, ticket, until }) => ({
    channel, channelZh: channelZh(channel), pausedBy: by_name, pausedAt: beijingTime(paused_at), reason, ticket, until: beijingTimeOrNull(until),
    held: held.find((one) => one.channel === channel)?.count ?? 0,
  }));
}

function showNoted(row: ActionRow): NoteActionAnswer {
  const { address: _address, facts: _facts, ...rest } = showAction(row);
  return rest;
}

function showDeadline({ project_no, hall_code, item_name, status, promise_due_at }: PromisedCase, now: Date): NoteDeadlineAnswer {
  return {
    projectNo: project_no, hallZh: partyZh(`hall:${hall_code}`), itemName: scrubbed(item_name), statusZh: CASE_STATUSES[status].zh,
    dueAt: beijingTime(promise_due_at), overdue: promise_due_at <= now,
  };
}
