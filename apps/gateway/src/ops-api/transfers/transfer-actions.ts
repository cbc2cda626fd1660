import { KeyRing } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import type { Patience } from '../../cases/batch-time.ts';
import { PublishOrders } from '../../dispatch/publish-orders.ts';
import { attemptOf, isOrdered, rowToOrder } from '../../dispatch/transfer-order.ts';
import type { OrderedTransfer } from '../../dispatch/transfer-order.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import type { OrderRow } from '../../ledger/transfer-rows.ts';
import { discardTransfer, replayTransfer } from '../../operations/act-on-transfer.ts';
import { DedupeWindows } from '../../operations/dedupe-windows.ts';
import { isBeyondWindow } from '../../operations/judge-replay.ts';
import { idempotent } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { ProblemCode } from '../problems/problem-codes.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import { refusal } from './refusals.ts';
import type { ReplayBody } from './replay.body.ts';
import type { TransferActionAnswer } from './transfer-detail.answer.ts';

type Trx = Transaction<LedgerTables>;

/** A person's command about one transfer. */
export interface TransferCommand<Body> {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly id: string;
  readonly body: Body;
}

/** What an act came to, and what must be ordered once it is committed. */
interface Acted {
  readonly answer: TransferActionAnswer;
  readonly order: readonly OrderRow[];
}

/** Refusals that tell something about who asked; the others only say that somebody was quicker. */
const TELLING: ReadonlySet<ProblemCode> = new Set(['stale', 'claimed', 'awaiting-hall', 'edit-pending', 'beyond-dedupe-window', 'forbidden']);

/** Replays and discards single transfers. The order leaves after the commit; should the process die in between, the watchdog misses its receipt. */
@Injectable()
export class TransferActions {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(PublishOrders) private readonly publish: PublishOrders,
    @Inject(DedupeWindows) private readonly windows: DedupeWindows,
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  /** @throws OpsProblem that says why it was not sent */
  replay(command: TransferCommand<ReplayBody>): Promise<TransferActionAnswer> {
    return this.act('replay', command, (trx) => this.replayed(trx, command));
  }

  /** @throws OpsProblem that says why it was not discarded */
  discard(command: TransferCommand<ReasonedBody>): Promise<TransferActionAnswer> {
    return this.act('discard', command, (trx) => this.discarded(trx, command));
  }

  private async replayed(trx: Trx, { caller, id, body }: TransferCommand<ReplayBody>): Promise<Acted> {
    const override = body.override === true;
    if (override && !caller.rights.has('approve')) throw overrideForbidden();
    const done = await replayTransfer(trx, id, ({ destination }) => ({ operationId: null, windowMs: this.windows.of(destination), override }), this.keys, this.patience);
    if (done.kind === 'refused') throw refusal(done);
    const beyond = isBeyondWindow(done.facts, { operationId: null, windowMs: this.windows.of(done.facts.destination), override: false });
    await recordAction(trx, {
      caller, action: 'transfer.replayed', subjectKind: 'transfer', subject: id, reason: body.reason, result: 'done',
      facts: { ...subjectOf(done.facts), attempt: attemptOf(done.row), ticket: body.ticket ?? null, beyondDedupeWindow: beyond },
    });
    return {
      answer: { outcome: 'replayed', outcomeZh: isOrdered(done.row) ? '已重新投递' : '已重新投递：通道限速，轮到时发出', transferId: id, attempt: attemptOf(done.row), releasedTransferId: null },
      order: [done.row],
    };
  }

  private async discarded(trx: Trx, { caller, id, body }: TransferCommand<ReasonedBody>): Promise<Acted> {
    const done = await discardTransfer(trx, id, body.reason, this.patience);
    if (done.kind === 'refused') throw refusal(done);
    const stale = done.code === 'stale';
    const released = done.released[0]?.id ?? null;
    await recordAction(trx, {
      caller, action: 'transfer.discarded', subjectKind: 'transfer', subject: id, reason: body.reason, result: 'done',
      facts: { ...subjectOf(done.facts), code: done.code, ticket: body.ticket ?? null, released },
    });
    return {
      answer: {
        outcome: stale ? 'discarded-into-history' : 'discarded', outcomeZh: stale ? '已放弃，记入办件历史' : '已放弃',
        transferId: id, attempt: null, releasedTransferId: released,
      },
      order: done.released,
    };
  }

  private async act(verb: string, command: TransferCommand<ReasonedBody>, act: (trx: Trx) => Promise<Acted>): Promise<TransferActionAnswer> {
    const { caller, key, id, body } = command;
    let orders: OrderedTransfer[] = [];
    const route = `POST /api/transfers/${id}/${verb}`;
    const answer = await this.ledger.write((trx) => idempotent(trx, { caller, key, route, body }, async () => {
      const acted = await act(trx);
      orders = acted.order.filter(isOrdered).map((row) => rowToOrder(row, this.keys));
      return acted.answer;
    })).catch((error: unknown) => this.noteRefusal(verb, command, error));
    await this.publish.run(orders);
    return answer;
  }

  /** Whoever tried to send what must not be sent is on record, too. */
  private async noteRefusal(verb: string, { caller, id, body }: TransferCommand<ReasonedBody>, error: unknown): Promise<never> {
    if (error instanceof OpsProblem && TELLING.has(error.code)) {
      const result = `refused: ${error.code}`;
      await this.ledger.write((trx) => recordAction(trx, { caller, action: `transfer.${verb}`, subjectKind: 'transfer', subject: id, reason: body.reason, result }));
    }
    throw error;
  }

  private get patience(): Patience {
    return { receiptMs: this.config.receiptPatienceMs, permissionMs: this.config.permissionPatienceMs };
  }
}

function subjectOf({ project_no: projectNo, destination }: { readonly project_no: string; readonly destination: string }): Record<string, string> {
  return { projectNo, destination };
}

function overrideForbidden(): OpsProblem {
  return new OpsProblem('forbidden', {
    detail: 'To send beyond the receiver\'s dedupe window needs the right "approve".', detailZh: '超出对方识别重复的期限仍要重发，须有批准权限（approve）。',
  });
}
