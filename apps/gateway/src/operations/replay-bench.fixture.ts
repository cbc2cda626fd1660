import type { DeliveryReceipt, TransferOrder } from '#contracts';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import type { GatewayConfig } from '../gateway.config.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { startOpsServer } from '../ops-api/ops-server.fixture.ts';
import type { OpsClient, OpsServer } from '../ops-api/ops-server.fixture.ts';

export const REFUSED: Partial<DeliveryReceipt> = { outcome: 'permanent', httpStatus: 400, errorCode: 'http-400', errorDetail: 'refused' };

/** The gateway's parts and the ops API over one ledger: transfers fail, people act on them, receipts come. */
export class ReplayBench {
  readonly gateway: GatewayBench;
  readonly server: OpsServer;
  readonly operator: OpsClient;
  readonly supervisor: OpsClient;

  private constructor(gateway: GatewayBench, server: OpsServer, operator: OpsClient, supervisor: OpsClient) {
    this.gateway = gateway;
    this.server = server;
    this.operator = operator;
    this.supervisor = supervisor;
  }

  static async open(databaseUrl: string, settings: Partial<GatewayConfig> = {}): Promise<ReplayBench> {
    const gateway = await openBench(databaseUrl);
    const server = await startOpsServer(gateway.db, gateway.keys, undefined, settings);
    return new ReplayBench(gateway, server, await server.as('operator'), await server.as('supervisor'));
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.gateway.db.destroy();
  }

  /** So many cases whose opening work item the centre refused for good. */
  async failedCases(count: number, receipt: Partial<DeliveryReceipt> = REFUSED): Promise<TransferRow[]> {
    const projectNos = Array.from({ length: count }, newProjectNo);
    await this.gateway.events(...projectNos.map((subject) => eventOf('case.received', { subject })));
    const transfers = await this.ofCases(projectNos);
    await this.gateway.receipts(...transfers.map((transfer) => receiptOf(transfer, receipt)));
    return this.ofCases(projectNos);
  }

  /** One case with a failed work item, behind which another one is held. */
  async failedLane(): Promise<{ readonly failed: TransferRow; readonly held: TransferRow; readonly projectNo: string }> {
    const [transfer] = await this.failedCases(1);
    const projectNo = transfer?.project_no ?? '';
    await this.gateway.events(eventOf('case.withdrawn', { subject: projectNo, source: '/halls/410204' }));
    const [failed, held] = (await this.gateway.transfers(projectNo)).filter(({ destination }) => destination === 'centre');
    if (failed === undefined || held === undefined) throw new Error('a withdrawal makes a second work item');
    return { failed, held, projectNo };
  }

  async one(id: string): Promise<TransferRow> {
    return this.gateway.db.selectFrom('transfers').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  /** The orders that left by the ops API for this transfer: the attempt numbers, and whether they say that they may not be the first. */
  ordersOf(id: string): { attempt: number; resend: boolean }[] {
    return this.server.published
      .filter(({ body }) => (body as TransferOrder).transferId === id)
      .map(({ body, headers }) => ({ attempt: (body as TransferOrder).attempt, resend: headers?.['x-resend'] === '1' }));
  }

  /** What the chain of evidence says of one thing, oldest first. */
  async recordsOf(subject: string): Promise<{ action: string; reason: string; result: string; facts: Record<string, unknown> }[]> {
    const rows = await this.gateway.db.selectFrom('evidence').select('entry').where('subject', '=', subject).orderBy('seq').execute();
    return rows.map(({ entry }) => JSON.parse(entry) as { action: string; reason: string; result: string; facts: Record<string, unknown> });
  }

  private ofCases(projectNos: readonly string[]): Promise<TransferRow[]> {
    return this.gateway.db.selectFrom('transfers').selectAll().where('project_no', 'in', projectNos).orderBy('id').execute();
  }
}
