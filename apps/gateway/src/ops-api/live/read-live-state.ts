import { Inject, Injectable } from '@nestjs/common';
import { showAlert } from '../alerts/show-alert.ts';
import { beijingTime, periodStart } from '../beijing-time.ts';
import { showOperation } from '../operations/show-operation.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { alertsForLive, operationsForLive } from '../queries/live-rows.ts';
import { ReadQueues } from '../queues/read-queues.ts';
import { readSummary } from '../summary/read-summary.ts';
import type { LiveState } from './live-event.ts';

/** Looks once at everything that live views show, however many of them there are. */
@Injectable()
export class ReadLiveState {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(ReadQueues) private readonly queues: ReadQueues) {}

  /** What was open in `before` is read again, so that its end is seen. */
  async run(before: LiveState | null): Promise<LiveState> {
    const now = new Date();
    const today = periodStart(beijingTime(now).slice(0, '2026-11-22'.length));
    const openAlerts = (before?.alerts ?? []).filter(({ open }) => open).map(({ alertId }) => alertId);
    const openOperations = (before?.operations ?? []).filter(({ finishedAt }) => finishedAt === null).map(({ operationId }) => operationId);
    const { summary, alerts, operations } = await this.ledger.read(async (trx) => ({
      summary: await readSummary(trx, today, now), alerts: await alertsForLive(trx, openAlerts), operations: await operationsForLive(trx, openOperations),
    }));
    return { summary, queues: await this.queues.run(), alerts: alerts.map(showAlert), operations: operations.map(showOperation) };
  }
}
