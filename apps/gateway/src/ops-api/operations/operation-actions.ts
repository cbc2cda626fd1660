import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { isIndependent } from '../../access/is-independent.ts';
import { hoursText } from '../../channels/sending-hours.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { outlastBatches } from '../../ledger/channel-rows.ts';
import { changeOperation, insertOperation, lockOperation } from '../../ledger/operation-rows.ts';
import type { OperationChange, OperationNow, OperationRow } from '../../ledger/operation-rows.ts';
import { loadProjectNos } from '../../ledger/operation-transfer-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { newOperationId } from '../../operations/operation-id.ts';
import { OperationJobs } from '../../operations/operation-jobs.ts';
import { recordStep } from '../../operations/record-step.ts';
import { idempotent } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { brokenQuery } from '../problems/ops-problem.ts';
import type { OpsProblem } from '../problems/ops-problem.ts';
import { acknowledging, approving, cancelling, changingRate, lackingFor, pausing, resuming, starting } from './judge-command.ts';
import type { Judgement } from './judge-command.ts';
import { forbiddenTo, unknownOperation } from './operation-problems.ts';
import type { OperationActionAnswer } from './operation.answer.ts';
import type { CreateOperationBody, RateBody, StartOperationBody } from './operation.body.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import { returnItemsOf } from './return-items-of.ts';
import { selectionOf } from './selection-of.ts';
import { showOperation } from './show-operation.ts';

type Trx = Transaction<LedgerTables>;

/** A person's command about one operation. */
export interface OperationCommand<Body> {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly id: string;
  readonly body: Body;
}

/**
 * What people decide about operations. Each command and its record are one transaction on the operation's locked row: no step of it is
 * under way meanwhile, so what is answered here is true of every step that follows. Refused commands that matter leave a record too.
 */
@Injectable()
export class OperationActions {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(OperationJobs) private readonly jobs: OperationJobs,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  async create({ caller, key, body }: Omit<OperationCommand<CreateOperationBody>, 'id'>): Promise<OperationActionAnswer> {
    const answer = await this.ledger.write((trx) => idempotent(trx, { caller, key, route: 'POST /api/operations', body }, () => this.created(trx, caller, body)));
    await this.jobs.wake([answer.operationId]);
    return answer;
  }

  start(command: OperationCommand<StartOperationBody>): Promise<OperationActionAnswer> {
    return this.act('start', command, (operation) => starting(operation, command.caller, command.body.confirmCount, this.config.operationConfirmAbove));
  }

  approve(command: OperationCommand<ReasonedBody>): Promise<OperationActionAnswer> {
    const { caller } = command;
    return this.act('approve', command, async (operation, trx) => (
      approving(operation, caller, await isIndependent(trx, caller.person, operation.creator_person, this.config.approversByAnotherAdministrator))
    ));
  }

  pause(command: OperationCommand<ReasonedBody>): Promise<OperationActionAnswer> {
    return this.act('pause', command, pausing);
  }

  resume(command: OperationCommand<ReasonedBody>): Promise<OperationActionAnswer> {
    return this.act('resume', command, (operation) => resuming(operation, command.caller));
  }

  cancel(command: OperationCommand<ReasonedBody>): Promise<OperationActionAnswer> {
    return this.act('cancel', command, cancelling);
  }

  changeRate(command: OperationCommand<RateBody>): Promise<OperationActionAnswer> {
    return this.act('rate', command, (operation) => changingRate(operation, command.body));
  }

  acknowledge(command: OperationCommand<ReasonedBody>): Promise<OperationActionAnswer> {
    return this.act('acknowledge', command, (operation) => acknowledging(operation, command.caller));
  }

  private async created(trx: Trx, caller: Caller, body: CreateOperationBody): Promise<OperationActionAnswer> {
    mayCreate(caller, body);
    const items = returnItemsOf(body);
    const selection = selectionOf(body.selection, new Date());
    if ('transferIds' in selection) await allKnown(trx, selection.transferIds);
    // Whatever failed until then is committed and can be frozen, and whatever fails later is new: nothing is in between.
    const cutoff = await outlastBatches(trx);
    const row = await insertOperation(trx, {
      id: newOperationId(), cutoff, kind: body.kind, creator: caller.id, creator_person: caller.person, creator_name: caller.name, reason: body.reason, ticket: body.ticket ?? null,
      selection: JSON.stringify(selection), rate_per_second: body.ratePerSecond, max_in_flight: body.maxInFlight,
      ladder: JSON.stringify(body.kind === 'replay' ? body.ladder : []), abort_ratio: body.abort.failureRatio, abort_on_new: body.abort.newSignature, override: body.override,
      hours: body.hours ? JSON.stringify(body.hours) : null,
      return_items: items === null ? null : JSON.stringify(items),
    });
    await recordStep(trx, {
      operationId: row.id, what: 'created', reason: body.reason, caller,
      facts: {
        kind: body.kind, selection: 'transferIds' in selection ? { transferIds: selection.transferIds.length } : selection, override: body.override, ticket: body.ticket ?? null,
        ...(body.hours ? { hours: hoursText(body.hours) } : {}), ...(items === null ? {} : { items: items.map(({ path, materialCode }) => path ?? materialCode) }),
      },
    });
    return answerOf(row, { outcome: 'created', outcomeZh: '已登记，正在冻结和预检' });
  }

  private async act(verb: string, command: OperationCommand<ReasonedBody>, judge: (operation: OperationNow, trx: Trx) => Judgement | Promise<Judgement>): Promise<OperationActionAnswer> {
    const { caller, key, id, body } = command;
    let refused: OpsProblem | null = null;
    const answer = await this.ledger.write((trx) => idempotent(trx, { caller, key, route: `POST /api/operations/${id}/${verb}`, body }, async () => {
      const operation = await lockOperation(trx, id);
      if (operation === undefined) throw unknownOperation();
      const judgement = await judge(operation, trx);
      if ('problem' in judgement) {
        refused = judgement.problem;
        throw judgement.problem;
      }
      return this.done(trx, operation, judgement, command);
    })).catch((error: unknown) => this.noteRefusal(verb, command, refused, error));
    await this.jobs.wake([id], { atOnce: true });
    return answer;
  }

  private async done(trx: Trx, operation: OperationNow, { what, zh, change, facts }: Exclude<Judgement, { problem: OpsProblem }>, { caller, body }: OperationCommand<ReasonedBody>) {
    await changeOperation(trx, operation.id, change);
    await recordStep(trx, { operationId: operation.id, what, reason: body.reason, caller, facts: { ...facts, ticket: body.ticket ?? null } });
    return answerOf({ ...operation, ...withoutRaw(change) }, { outcome: what, outcomeZh: zh });
  }

  private async noteRefusal(verb: string, { caller, id, body }: OperationCommand<ReasonedBody>, refused: OpsProblem | null, error: unknown): Promise<never> {
    if (refused !== null) await this.ledger.write((trx) => recordStep(trx, { operationId: id, what: verb, reason: body.reason, result: `refused: ${refused.code}`, caller }));
    throw error;
  }
}

function mayCreate(caller: Caller, { kind, override }: CreateOperationBody): void {
  const lacking = lackingFor(kind, caller) ?? (override && !caller.rights.has('approve') ? 'approve' : null);
  if (lacking !== null) throw forbiddenTo(lacking);
}

/** The columns that a command changes are plain values: the row can be shown without reading it again. */
function withoutRaw(change: OperationChange): Partial<OperationRow> {
  return change as Partial<OperationRow>;
}

function answerOf(row: OperationRow, outcome: Pick<OperationActionAnswer, 'outcome' | 'outcomeZh'>): OperationActionAnswer {
  return { ...outcome, ...showOperation(row) };
}

async function allKnown(trx: Trx, ids: readonly string[]): Promise<void> {
  const missing = ids.length - (await loadProjectNos(trx, ids)).length;
  if (missing > 0) throw brokenQuery([{
    field: 'selection.transferIds', rule: 'known', zh: `其中 ${missing} 个编号在台账中没有`, en: `holds ${missing} ids that the ledger does not know`,
  }]);
}
