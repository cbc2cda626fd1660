import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import type { Transaction } from 'kysely';
import { channelsTo } from '../channels/channel.ts';
import { pauseChannel, resumeChannel } from '../channels/hold-channel.ts';
import { recordAction } from '../evidence/record-action.ts';
import { loadPauses, movePauseEnd } from '../ledger/channel-rows.ts';
import type { PauseRow } from '../ledger/channel-rows.ts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import { loadPlansToKeep, loadTakenChannels, lockPlan, notePlanEnded, notePlanStarted, noteTaken } from '../ledger/maintenance-rows.ts';
import type { MaintenanceRow, TakenChannel } from '../ledger/maintenance-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { judgeHold } from './judge-hold.ts';
import type { HoldStep } from './judge-hold.ts';

type Trx = Transaction<LedgerTables>;

/** The bridge itself, where the records name who did something. */
const BRIDGE = { id: 'service:gateway', name: '系统', address: '' };

/**
 * Holds the channels of planned downtimes (计划维护) by the pauses that people use too, each with the end of its plan: should every gateway be
 * gone by then, the channel goes on all the same. What there is to do follows from the ledger alone, one channel in one transaction: whichever
 * gateway finds it does it, and one that dies in the middle leaves nothing half done.
 */
@Injectable()
export class KeepMaintenance {
  private readonly db: Kysely<LedgerTables>;
  private readonly logger: Logger;

  constructor(db: Kysely<LedgerTables>, @Inject(LOGGER) logger: Logger) {
    this.db = db;
    this.logger = logger;
  }

  /** One round: how many channels were held, moved or let go. One cheap question while no downtime is near. */
  async run(): Promise<number> {
    const plans = await loadPlansToKeep(this.db);
    if (plans.length === 0) return 0;
    let moved = 0;
    for (const plan of plans) moved += await this.tryToKeep(plan);
    return moved;
  }

  /** A plan that cannot be kept now (a lock that is not to be had) keeps no other one waiting: the next round tries again. */
  private async tryToKeep(plan: MaintenanceRow): Promise<number> {
    try {
      return await this.keep(plan);
    } catch (error) {
      this.logger.warn({ event: 'maintenance-not-kept', plan: plan.id, reason: reasonOf(error) }, 'the next round tries again');
      return 0;
    }
  }

  private async keep(plan: MaintenanceRow): Promise<number> {
    if (plan.state === 'running' && plan.started_at === null) await this.noteStarted(plan);
    const looked = await look(this.db, plan);
    let moved = 0;
    for (const channel of channelsTo(plan.destination)) if (stepOf(looked, channel) !== 'none') moved += await this.keepChannel(plan.id, channel);
    if (moved === 0 && plan.state !== 'running') await this.noteEnded(plan);
    return moved;
  }

  /** Looks again under the lock of the plan: another gateway, or who changed the plan, may have been there meanwhile. */
  private async keepChannel(id: string, channel: ChannelName): Promise<number> {
    const step = await this.db.transaction().execute(async (trx): Promise<HoldStep> => {
      const plan = await lockPlan(trx, id);
      if (plan === undefined || plan.ended_at !== null) return 'none';
      const looked = await look(trx, plan);
      const found = stepOf(looked, channel);
      return found !== 'none' && await act(trx, looked, channel, found) ? found : 'none';
    });
    if (step === 'none') return 0;
    this.logger.info({ event: 'maintenance-step', plan: id, channel, step }, 'a planned downtime moved a channel');
    return 1;
  }

  private async noteStarted({ id, destination, ends_at, reason }: MaintenanceRow): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      if (!await notePlanStarted(trx, id)) return;
      await recordAction(trx, { caller: BRIDGE, action: 'maintenance.started', subjectKind: 'maintenance', subject: id, reason, result: 'done', facts: { destination, until: ends_at.toISOString() } });
    });
  }

  private async noteEnded({ id, destination, reason, state, started_at }: MaintenanceRow): Promise<void> {
    await this.db.transaction().execute(async (trx) => {
      const plan = await lockPlan(trx, id);
      // Prolonged meanwhile: it is not over.
      if (plan === undefined || plan.state === 'running' || plan.state === 'planned' || !await notePlanEnded(trx, id)) return;
      await recordAction(trx, {
        caller: BRIDGE, action: 'maintenance.ended', subjectKind: 'maintenance', subject: id, reason, result: 'done', facts: { destination, how: state, started: started_at !== null },
      });
    });
  }
}

/** A plan and how its channels are. */
interface Looked {
  readonly plan: MaintenanceRow;
  readonly taken: readonly TakenChannel[];
  readonly pauses: readonly PauseRow[];
}

async function look(db: Kysely<LedgerTables>, plan: MaintenanceRow): Promise<Looked> {
  return { plan, taken: await loadTakenChannels(db, [plan.id]), pauses: await loadPauses(db) };
}

function stepOf({ plan, taken, pauses }: Looked, channel: ChannelName): HoldStep {
  return judgeHold(plan, taken.find((one) => one.channel === channel)?.pause_version ?? null, pauses.find((one) => one.channel === channel));
}

/** False when a person was quicker: the next round looks again. */
async function act(trx: Trx, { plan, pauses }: Looked, channel: ChannelName, step: HoldStep): Promise<boolean> {
  const version = pauses.find((one) => one.channel === channel)?.version ?? 0;
  const order = { channel, caller: BRIDGE, ticket: plan.ticket, version };
  if (step === 'release') return (await resumeChannel(trx, { ...order, reason: `计划维护 ${plan.id} ${plan.state === 'cancelled' ? '已取消' : '已结束'}` })).kind === 'done';
  if (step === 'move-end') return takenUnder(trx, plan, await movePauseEnd(trx, channel, version, plan.ends_at));
  const outcome = await pauseChannel(trx, { ...order, reason: `计划维护 ${plan.id}：${plan.reason}` }, plan.ends_at);
  return outcome.kind === 'done' && takenUnder(trx, plan, outcome.pause);
}

async function takenUnder(trx: Trx, { id }: MaintenanceRow, pause: PauseRow | undefined): Promise<boolean> {
  if (pause === undefined) return false;
  await noteTaken(trx, { plan_id: id, channel: pause.channel, pause_version: pause.version });
  return true;
}
