import { CASE_STATUSES, EVENT_TYPES } from '#contracts';
import { loadInstances } from '../../ledger/edge-rows.ts';
import { loadOpenPlans } from '../../ledger/maintenance-rows.ts';
import type { MaintenanceRow } from '../../ledger/maintenance-rows.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import { beijingTime, periodEnd, periodStart } from '../beijing-time.ts';
import type { Reading } from '../ops-ledger.ts';
import { countCases } from '../queries/summary-cases.ts';
import type { CaseCount } from '../queries/summary-cases.ts';
import { countPromised } from '../queries/summary-deadlines.ts';
import { recentWork } from '../queries/summary-rates.ts';
import type { RecentWork } from '../queries/summary-rates.ts';
import { countTransfers, oldestUndelivered } from '../queries/summary-transfers.ts';
import type { TransferCount, WaitingTransfer } from '../queries/summary-transfers.ts';
import { countTrouble } from '../queries/summary-trouble.ts';
import { countWaiting } from '../queries/summary-waiting.ts';
import type { WaitingEvents } from '../queries/summary-waiting.ts';
import { partyZh, TRANSFER_STATUSES } from '../words.ts';
import { judgeServers } from './judge-servers.ts';
import { SERVER_STATES } from './summary.answer.ts';
import type { CaseCountAnswer, NextMaintenanceAnswer, OldestEventAnswer, OldestTransferAnswer, RecentWorkAnswer, ServerAnswer, SummaryAnswer, TransferCountAnswer } from './summary.answer.ts';

/** Rows looked at, at most: enough for a day of a city's halls, and about a twentieth of a second for the database. */
const COUNT_CAP = 20_000;
const TROUBLE_CAP = 10_000;
const RECENT_SECONDS = 10;
const RECENT_CAP = 30_000;

/** What a summary depends on beside the ledger. */
export interface SummarySurroundings {
  readonly environmentName: string;
  /** A program not heard for so long (ms) does not live. */
  readonly programSilentMs: number;
}

/** The state of the bridge at the moment `now`; what has ended is counted since `since`. */
export async function readSummary(trx: Reading, since: Date, now: Date, surroundings: SummarySurroundings): Promise<SummaryAnswer> {
  const cases = await countCases(trx, since, COUNT_CAP);
  const transfers = await countTransfers(trx, since, COUNT_CAP);
  const oldest = await oldestUndelivered(trx);
  const waiting = await countWaiting(trx, TROUBLE_CAP);
  const trouble = await countTrouble(trx, since, TROUBLE_CAP);
  const recent = await recentWork(trx, RECENT_SECONDS, RECENT_CAP);
  const today = beijingTime(now).slice(0, '2026-11-22'.length);
  const { looked, ...deadlines } = await countPromised(trx, periodStart(today), periodEnd(today), TROUBLE_CAP);
  return {
    ...await readTopStrip(trx, now, surroundings),
    deadlines,
    asOf: beijingTime(now), since: beijingTime(since),
    capped: sum(cases) >= COUNT_CAP || sum(transfers) >= COUNT_CAP || [waiting.count, looked, ...Object.values({ ...trouble })].some((count) => count >= TROUBLE_CAP),
    cases: cases.map(showCaseCount),
    transfers: transfers.map(showTransferCount),
    oldestUndelivered: oldest === undefined ? null : showOldestTransfer(oldest, now),
    waitingEvents: { count: waiting.count, oldest: showOldestEvent(waiting, now) },
    refusals: { door: trouble.refused_at_door, lifecycle: trouble.refused_by_lifecycle },
    duplicates: { suppressed: trouble.duplicates, conflicting: trouble.conflicting_duplicates },
    deadLetters: trouble.dead_letters,
    recent: showRecent(recent),
  };
}

type TopStrip = Pick<SummaryAnswer, 'environment' | 'servers' | 'nextMaintenance'>;

async function readTopStrip(trx: Reading, now: Date, { environmentName, programSilentMs }: SummarySurroundings): Promise<TopStrip> {
  const gateways = livingAfter(await loadInstances(trx), new Date(now.getTime() - programSilentMs)).filter(({ app }) => app === 'gateway');
  const [next] = await loadOpenPlans(trx);
  return {
    environment: environmentName,
    servers: judgeServers(gateways).map(({ server, state, detailZh }): ServerAnswer => ({ server, state, stateZh: SERVER_STATES[state], detailZh })),
    nextMaintenance: next === undefined ? null : showNext(next),
  };
}

function showNext({ id, destination, state, starts_at, ends_at }: MaintenanceRow): NextMaintenanceAnswer {
  return { planId: id, destinationZh: partyZh(destination), running: state === 'running', from: beijingTime(starts_at), to: beijingTime(ends_at) };
}

function sum(counts: readonly { readonly count: number }[]): number {
  return counts.reduce((total, { count }) => total + count, 0);
}

function showCaseCount({ hall_code: hallCode, status, count }: CaseCount): CaseCountAnswer {
  return { hallCode, hallZh: partyZh(`hall:${hallCode}`), status, statusZh: CASE_STATUSES[status].zh, count };
}

function showTransferCount({ destination, status, count }: TransferCount): TransferCountAnswer {
  return { destination, destinationZh: partyZh(destination), status, statusZh: TRANSFER_STATUSES[status], count };
}

function showOldestTransfer(row: WaitingTransfer, now: Date): OldestTransferAnswer {
  return {
    transferId: row.id, projectNo: row.project_no,
    destinationZh: partyZh(row.destination), status: row.status,
    createdAt: beijingTime(row.created_at), waitingSeconds: secondsSince(row.created_at, now),
  };
}

function showOldestEvent(row: WaitingEvents, now: Date): OldestEventAnswer | null {
  if (row.oldest_event_id === null || row.oldest_type === null || row.oldest_recorded_at === null) return null;
  return {
    eventId: row.oldest_event_id, typeZh: EVENT_TYPES[row.oldest_type].zh, projectNo: row.oldest_project_no,
    recordedAt: beijingTime(row.oldest_recorded_at), waitingSeconds: secondsSince(row.oldest_recorded_at, now),
  };
}

function showRecent(work: RecentWork): RecentWorkAnswer {
  return {
    seconds: RECENT_SECONDS,
    eventsPerSecond: work.events / RECENT_SECONDS,
    deliveredPerSecond: work.delivered / RECENT_SECONDS,
    failedAttempts: work.failed_attempts,
    p50Ms: work.p50_ms, p99Ms: work.p99_ms,
  };
}

function secondsSince(instant: Date, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - instant.getTime()) / 1000));
}
