import { setTimeout as sleep } from 'node:timers/promises';
import type { BusPublisher } from '#bus';
import type { DeliveryReceipt, TransferOrder } from '#contracts';
import { createLogger } from '#runtime';
import type { Kysely } from 'kysely';
import { eventOf, newProjectNo, receiptOf } from '../case-events.fixture.ts';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { openBench } from '../gateway-bench.fixture.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import type { GatewayConfig } from '../gateway.config.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { startOpsServer } from '../ops-api/ops-server.fixture.ts';
import type { OpsClient, OpsServer } from '../ops-api/ops-server.fixture.ts';
import type { OperationActionAnswer, OperationDetailAnswer, OperationItemAnswer } from '../ops-api/operations/operation.answer.ts';
import { DedupeWindows } from './dedupe-windows.ts';
import { RunOperation } from './run-operation.ts';

export const REFUSED: Partial<DeliveryReceipt> = { outcome: 'permanent', httpStatus: 400, errorCode: 'http-400', errorDetail: 'refused' };

export const WHY = { reason: '中心已修复，重新投递' };
const DEADLINE_MS = 120_000;

/** What the destination says to an order; null: nothing comes back. */
export type Answering = (order: TransferOrder) => Partial<DeliveryReceipt> | null;

/** The gateway's parts and the ops API over one ledger: transfers fail, people act on them, receipts come. */
export class ReplayBench {
  readonly gateway: GatewayBench;
  readonly server: OpsServer;
  readonly operator: OpsClient;
  readonly supervisor: OpsClient;
  /** Orders that reached the destination. */
  readonly answered: TransferOrder[] = [];

  private constructor(gateway: GatewayBench, server: OpsServer, operator: OpsClient, supervisor: OpsClient) {
    this.gateway = gateway;
    this.server = server;
    this.operator = operator;
    this.supervisor = supervisor;
  }

  static async open(databaseUrl: string, settings: Partial<GatewayConfig> = {}): Promise<ReplayBench> {
    const gateway = await openBench(databaseUrl);
    Object.assign(gateway.config, settings);
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
    this.gateway.publisher.orders.splice(0);
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

  /** A gateway's runner: each is another process to the leases. */
  runner({ publisher = this.gateway.publisher, db = this.gateway.db }: { publisher?: object; db?: Kysely<LedgerTables> } = {}): RunOperation {
    const { keys, config } = this.gateway;
    const logger = createLogger('gateway', { level: 'silent' });
    const windows = DedupeWindows.fromConfig(config);
    return new RunOperation(db, new PublishOrders(publisher as BusPublisher, db, logger), keys, windows, config, logger);
  }

  /** Creates an operation as the operator, or as somebody else. */
  async create(body: object, by: OpsClient = this.operator): Promise<string> {
    const answer = await by.post<OperationActionAnswer>('/api/operations', { kind: 'replay', ratePerSecond: 500, ...WHY, ...body });
    if (answer.status !== 201) throw new Error(`the operation was not created: ${answer.text}`);
    return answer.body.operationId;
  }

  async show(id: string): Promise<OperationDetailAnswer> {
    return (await this.operator.get<OperationDetailAnswer>(`/api/operations/${id}`)).body;
  }

  async items(id: string, query = ''): Promise<OperationItemAnswer[]> {
    return (await this.operator.get<{ items: OperationItemAnswer[] }>(`/api/operations/${id}/items?limit=200${query}`)).body.items;
  }

  /** Starts an operation that is ready. */
  async start(id: string, by: OpsClient = this.operator): Promise<void> {
    const { preflight } = await this.show(id);
    const answer = await by.post(`/api/operations/${id}/start`, { ...WHY, confirmCount: preflight.toSend });
    if (answer.status !== 200) throw new Error(`the operation was not started: ${answer.text}`);
  }

  /** Takes steps until the operation rests, or `enough` says so; the destination answers after each step what left in it. */
  async walk(id: string, { runner = this.runner(), answering = () => ({}), enough }: { runner?: RunOperation; answering?: Answering; enough?: () => Promise<boolean> | boolean } = {}): Promise<void> {
    const until = performance.now() + DEADLINE_MS;
    for (;;) {
      const next = await runner.step(id);
      await this.answer(answering);
      if (next === null || await enough?.() === true) return;
      if (performance.now() > until) throw new Error(`the operation does not come to rest: ${JSON.stringify(await this.show(id))}`);
      await sleep(Math.min(next, 20));
    }
  }

  /** Every order that was not answered yet gets its receipt. */
  async answer(answering: Answering = () => ({})): Promise<void> {
    const orders = this.gateway.publisher.orders.splice(0);
    this.answered.push(...orders);
    const receipts = orders.flatMap((order) => {
      const said = answering(order);
      return said === null ? [] : [receiptOf({ id: order.transferId, project_no: order.projectNo, destination: order.destination, attempts: order.attempt }, said)];
    });
    if (receipts.length > 0) await this.gateway.receipts(...receipts);
  }

  /** How often each of these transfers was ordered since the bench began to answer, by attempt number. */
  sendingsOf(ids: readonly string[]): number[] {
    return ids.map((id) => this.answered.filter(({ transferId }) => transferId === id).length);
  }

  private ofCases(projectNos: readonly string[]): Promise<TransferRow[]> {
    return this.gateway.db.selectFrom('transfers').selectAll().where('project_no', 'in', projectNos).orderBy('id').execute();
  }
}
