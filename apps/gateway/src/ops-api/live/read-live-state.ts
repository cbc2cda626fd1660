import { Inject, Injectable } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { showAlert } from '../alerts/show-alert.ts';
import { beijingTime, periodStart } from '../beijing-time.ts';
import { showOperation } from '../operations/show-operation.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { runningPlans } from '../queries/list-alerts.ts';
import { alertsForLive, operationsForLive } from '../queries/live-rows.ts';
import { ReadQueues } from '../queues/read-queues.ts';
import { readSummary } from '../summary/read-summary.ts';
import type { LiveState } from './live-event.ts';

/** Looks once at everything that live views show, however many of them there are. */
@Injectable()
export class ReadLiveState {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(ReadQueues) private readonly queues: ReadQueues,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  /** What was open in `before` is read again, so that its end is seen. */
  async run(before: LiveState | null): Promise<LiveState> {
    const now = new Date();
    const today = periodStart(beijingTime(now).slice(0, '2026-11-22'.length));
    const openAlerts = (before?.alerts ?? []).filter(({ open }) => open).map(({ alertId }) => alertId);
    const pinnedOperations = (before?.operations ?? []).filter(({ pinned }) => pinned).map(({ operationId }) => operationId);
    const { summary, alerts, plans, operations } = await this.ledger.read(async (trx) => ({
      summary: await readSummary(trx, today, now, this.config), alerts: await alertsForLive(trx, openAlerts), plans: await runningPlans(trx), operations: await operationsForLive(trx, pinnedOperations),
    }));
    return { summary, queues: await this.queues.run(), alerts: alerts.map((row) => showAlert(row, plans)), operations: operations.map(showOperation) };
  }
}
