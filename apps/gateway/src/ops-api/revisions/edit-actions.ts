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
import type { ReplayFacts } from '../../ledger/operation-transfer-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import type { TransferRow } from '../../ledger/transfer-rows.ts';
import { DedupeWindows } from '../../operations/dedupe-windows.ts';
import { isBeyondWindow } from '../../operations/judge-replay.ts';
import type { ReplayTerms } from '../../operations/judge-replay.ts';
import { approveEdit, proposeEdit, rejectEdit } from '../../revisions/decide-edit.ts';
import type { Decided, DecisionRefused } from '../../revisions/decide-edit.ts';
import { prepareEdit, reviseAndReplay } from '../../revisions/edit-transfer.ts';
import type { EditReady } from '../../revisions/edit-transfer.ts';
import { returnTransfer } from '../../revisions/return-transfer.ts';
import { takeBackReturn } from '../../revisions/take-back-return.ts';
import { idempotent } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { ProblemCode } from '../problems/problem-codes.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import { EDIT_OUTCOMES } from './edit.answer.ts';
import type { EditActionAnswer, ReturnAnswer, TakeBackAnswer } from './edit.answer.ts';
import type { ApproveEditBody, EditBody, ReturnBody } from './edit.body.ts';
import { decisionRefusal, editRefusal, editSuperseded, returnRefusal, takeBackRefusal } from './refusals.ts';

type Trx = Transaction<LedgerTables>;

/** Refusals that tell something about who asked; the others only say that somebody was quicker. */
const TELLING: ReadonlySet<ProblemCode> = new Set(['stale', 'claimed', 'awaiting-hall', 'beyond-dedupe-window', 'field-locked', 'own-edit', 'not-independent', 'forbidden']);

/** A person's command about one transfer. */
export interface RevisionCommand<Body> {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly id: string;
  readonly body: Body;
}

interface Acted<Answer> {
  readonly answer: Answer;
  readonly orders: readonly OrderedTransfer[];
}

/**
 * Edits of failed transfers, decisions about them, and returns to the hall. What is changed, why, and the order that follows are committed
 * together; the order leaves after the commit, and the watchdog finds one that did not.
 */
@Injectable()
export class EditActions {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(PublishOrders) private readonly publish: PublishOrders,
    @Inject(DedupeWindows) private readonly windows: DedupeWindows,
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  /** @throws OpsProblem that says why it was not changed */
  edit(command: RevisionCommand<EditBody> & { readonly revision: number }): Promise<EditActionAnswer> {
    const { caller, body, id, revision } = command;
    return this.act('edit', command, async (trx) => {
      if (body.override === true && !caller.rights.has('approve')) throw overrideForbidden();
      const ready = await prepareEdit(trx, { id, revision, changes: body.changes }, (facts) => this.terms(facts, body.override === true), this.keys, this.patience);
      if (ready.kind === 'refused') throw editRefusal(ready, revision);
      return ready.money.length > 0 ? this.proposed(trx, ready, command) : this.made(trx, ready, command);
    }, { revision });
  }

  /** @throws OpsProblem `edit-superseded` when the transfer moved on since the edit was proposed, or another one that says why it was not approved */
  async approve(command: RevisionCommand<ApproveEditBody> & { readonly editId: string }): Promise<EditActionAnswer> {
    const { caller, body, id, editId } = command;
    const answer = await this.act(`edit/${editId}/approve`, command, async (trx) => {
      const byAnother = this.config.approversByAnotherAdministrator;
      const decided = await approveEdit(trx, { transferId: id, editId, approver: caller, reason: body.reason, byAnother }, (facts) => this.terms(facts, body.override === true), this.keys, this.patience);
      return this.decided(trx, decided, command, body.override === true);
    });
    // It is closed for good, which is why this is said only now: a refusal inside would have undone it.
    if (answer.outcome === 'superseded') throw editSuperseded();
    return answer;
  }

  /** @throws OpsProblem that says why it was not rejected */
  reject(command: RevisionCommand<ReasonedBody> & { readonly editId: string }): Promise<EditActionAnswer> {
    const { caller, body, id, editId } = command;
    return this.act(`edit/${editId}/reject`, command, async (trx) => (
      this.decided(trx, await rejectEdit(trx, { transferId: id, editId, by: caller, reason: body.reason }, this.patience), command)
    ));
  }

  /** @throws OpsProblem that says why it was not returned */
  return(command: RevisionCommand<ReturnBody>): Promise<ReturnAnswer> {
    const { caller, body, id } = command;
    return this.act('return', command, async (trx) => {
      const done = await returnTransfer(trx, { id, operationId: null, caller, reason: body.reason, ticket: body.ticket ?? null, items: body.items }, this.keys, this.patience);
      if (done.kind === 'refused') throw returnRefusal(done);
      await recordAction(trx, {
        caller, action: 'transfer.returned', subjectKind: 'transfer', subject: id, reason: body.reason, result: 'done',
        facts: { ...subjectOf(done.facts), notice: done.noticeId, noticeNo: done.noticeNo, items: body.items.map(({ path, materialCode }) => path ?? materialCode), ticket: body.ticket ?? null },
      });
      const outcomeZh = done.noticeStatus === 'held' ? '已退回大厅：通知排在该大厅的通道中，轮到即发出' : '已退回大厅：通知已发出';
      return { answer: { outcome: 'returned' as const, outcomeZh, transferId: id, noticeTransferId: done.noticeId, noticeNo: done.noticeNo }, orders: done.orders };
    });
  }

  /** @throws OpsProblem `not-returned` when nobody waits for its hall */
  takeBack(command: RevisionCommand<ReasonedBody>): Promise<TakeBackAnswer> {
    const { caller, body, id } = command;
    return this.act('return/take-back', command, async (trx) => {
      const done = await takeBackReturn(trx, id, this.patience);
      if (done.kind === 'refused') throw takeBackRefusal(done);
      await recordAction(trx, {
        caller, action: 'transfer.return-taken-back', subjectKind: 'transfer', subject: id, reason: body.reason, result: 'done',
        facts: { ...subjectOf(done.facts), returnId: done.returnId, notice: done.noticeId, ticket: body.ticket ?? null },
      });
      return { answer: { outcome: 'taken-back' as const, outcomeZh: '已撤回退回：可以重新投递、更正或放弃；大厅已收到的通知不会收回，请告知大厅', transferId: id }, orders: [] };
    });
  }

  private async made(trx: Trx, ready: EditReady, { caller, body }: RevisionCommand<EditBody>): Promise<Acted<EditActionAnswer>> {
    const { paths } = ready;
    const replacement = { id: ready.row.id, revision: ready.row.revision, attempts: ready.row.attempts, carried: ready.carried, carriedSealed: ready.row, payload: ready.payload, paths };
    const row = await reviseAndReplay(trx, replacement, { cause: 'edit', author: caller, approver: null, reason: body.reason, ticket: body.ticket ?? null }, this.keys, this.patience);
    if (row === null) throw editRefusal({ kind: 'refused', code: 'not-failed', facts: ready.facts, row: ready.row, problems: [] }, ready.row.revision);
    await recordAction(trx, {
      caller, action: 'transfer.edited', subjectKind: 'transfer', subject: row.id, reason: body.reason, result: 'accepted',
      facts: { ...subjectOf(row), revision: row.revision, attempt: attemptOf(row), paths, ticket: body.ticket ?? null, beyondDedupeWindow: this.isBeyond(ready.facts) },
    });
    return { answer: answerOf('accepted', { id: row.id, revision: row.revision, attempt: attemptOf(row), editId: null, paths, money: ready.money }), orders: ordersOf(row, this.keys) };
  }

  private async proposed(trx: Trx, ready: EditReady, { caller, body }: RevisionCommand<EditBody>): Promise<Acted<EditActionAnswer>> {
    const { paths } = ready;
    const { editId, closed } = await proposeEdit(trx, ready, caller, { reason: body.reason, ticket: body.ticket ?? null, override: body.override === true }, this.keys);
    await recordAction(trx, {
      caller, action: 'transfer.edit-proposed', subjectKind: 'transfer', subject: ready.row.id, reason: body.reason, result: 'awaiting-approval',
      facts: { ...subjectOf(ready.row), editId, revision: ready.row.revision, paths, money: ready.money, ticket: body.ticket ?? null, ...this.riskOf(ready.facts, body.override === true), ...(closed === null ? {} : { closedEdit: closed }) },
    });
    return { answer: answerOf('awaiting-approval', { id: ready.row.id, revision: ready.row.revision, attempt: null, editId, paths, money: ready.money }), orders: [] };
  }

  private async decided(trx: Trx, decided: Decided | DecisionRefused, { caller, body, id }: RevisionCommand<ReasonedBody>, override = false): Promise<Acted<EditActionAnswer>> {
    if (decided.kind === 'refused') throw decisionRefusal(decided);
    const { edit, facts } = decided;
    const { outcome, action, row } = wordsOf(decided);
    const revision = row?.revision ?? edit.revision;
    const attempt = row === null ? null : attemptOf(row);
    await recordAction(trx, {
      caller, action, subjectKind: 'transfer', subject: id, reason: body.reason, result: outcome,
      facts: { ...subjectOf(facts), editId: edit.id, author: edit.author, revision, attempt, paths: edit.changed_paths, money: edit.money_paths, ...(row === null ? {} : this.riskOf(facts, override)) },
    });
    return {
      answer: answerOf(outcome, { id, revision, attempt, editId: edit.id, paths: edit.changed_paths, money: edit.money_paths }),
      orders: row === null ? [] : ordersOf(row, this.keys),
    };
  }

  private async act<Answer extends object>(
    verb: string, { caller, key, id, body }: RevisionCommand<ReasonedBody>, work: (trx: Trx) => Promise<Acted<Answer>>, seen: object = {},
  ): Promise<Answer> {
    let orders: readonly OrderedTransfer[] = [];
    // Kept is a digest of the body. One that personal data could be guessed from must need the ledger's key.
    const blind = this.keys.blindIndex(JSON.stringify({ ...seen, body }));
    const answer = await this.ledger.write((trx) => idempotent(trx, { caller, key, route: `POST /api/transfers/${id}/${verb}`, body: blind }, async () => {
      const acted = await work(trx);
      orders = acted.orders;
      return acted.answer;
    })).catch((error: unknown) => this.noteRefusal(verb, { caller, key, id, body }, error));
    await this.publish.run(orders);
    return answer;
  }

  /** Whoever tried to send what must not be sent, or to approve what is their own, is on record, too. */
  private async noteRefusal(verb: string, { caller, id, body }: RevisionCommand<ReasonedBody>, error: unknown): Promise<never> {
    if (error instanceof OpsProblem && TELLING.has(error.code)) {
      const action = `transfer.${verb.replace(/\/.*\//, '-')}`;
      await this.ledger.write((trx) => recordAction(trx, { caller, action, subjectKind: 'transfer', subject: id, reason: body.reason, result: `refused: ${error.code}` }));
    }
    throw error;
  }

  private terms({ destination }: ReplayFacts, override: boolean): ReplayTerms {
    return { operationId: null, windowMs: this.windows.of(destination), override };
  }

  /** Whether it goes, or is to go, although the receiver may have forgotten its first attempt, and whether anybody said that it may. */
  private riskOf(facts: ReplayFacts, override: boolean): { readonly override: boolean; readonly beyondDedupeWindow: boolean } {
    return { override, beyondDedupeWindow: this.isBeyond(facts) };
  }

  private isBeyond(facts: ReplayFacts): boolean {
    return isBeyondWindow(facts, this.terms(facts, false));
  }

  private get patience(): Patience {
    return { receiptMs: this.config.receiptPatienceMs, permissionMs: this.config.permissionPatienceMs };
  }
}

interface Outcome {
  readonly id: string;
  readonly revision: number;
  readonly attempt: number | null;
  readonly editId: string | null;
  readonly paths: readonly string[];
  readonly money: readonly string[];
}

function answerOf(outcome: EditActionAnswer['outcome'], { id, revision, attempt, editId, paths, money }: Outcome): EditActionAnswer {
  return { outcome, outcomeZh: EDIT_OUTCOMES[outcome], transferId: id, revision, attempt, editId, changedPaths: [...paths], moneyPaths: [...money] };
}

function wordsOf(decided: Decided): { readonly outcome: EditActionAnswer['outcome']; readonly action: string; readonly row: TransferRow | null } {
  if (decided.kind === 'applied') return { outcome: 'accepted', action: 'transfer.edit-approved', row: decided.row };
  return { outcome: decided.kind, action: `transfer.edit-${decided.kind}`, row: null };
}

function subjectOf({ project_no: projectNo, destination }: { readonly project_no: string; readonly destination: string }): Record<string, string> {
  return { projectNo, destination };
}

/** None for what waits for its turn in a limited channel. */
function ordersOf(row: TransferRow, keys: KeyRing): OrderedTransfer[] {
  return isOrdered(row) ? [rowToOrder(row, keys)] : [];
}

function overrideForbidden(): OpsProblem {
  return new OpsProblem('forbidden', {
    detail: 'To send beyond the receiver\'s dedupe window needs the right "approve".', detailZh: '超出对方识别重复的期限仍要发送，须有批准权限（approve）。',
  });
}
