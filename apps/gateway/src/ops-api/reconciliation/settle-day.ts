import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { insertSignOff, pruneLists, replaceList } from '../../ledger/reconciliation-rows.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { idempotent } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import { levelOf } from './list-kinds.ts';
import { isOver, readCounts, showList, showSignOff } from './read-board.ts';
import { readIdList } from './read-id-list.ts';
import { dayOf } from './read-strip.ts';
import type { IdListKeptAnswer, SignedOffAnswer } from './reconciliation.answer.ts';
import type { ListParams, SignOffBody } from './reconciliation.query.ts';

const KEPT_MS = 90 * 24 * 3_600_000;
/** Lists that one gateway takes in at a time, and how long one may take to arrive (ms). */
const UPLOADS_AT_ONCE = 2;
const UPLOAD_MS = 60_000;
const RUN_OUT_MS = 5_000;

/** What people do about a day (对账): give it the other sides' lists, and sign it off. */
@Injectable()
export class SettleDay {
  private uploading = 0;

  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** Keeps a side's list for a day, in the place of the one before. @throws OpsProblem that says what is wrong with it */
  async keepList(caller: Caller, { day, side, kind }: ListParams, { reason, ticket }: ReasonedBody, body: unknown): Promise<IdListKeptAnswer> {
    const now = new Date();
    if (levelOf(side, kind) === null) throw notTheirs();
    if (day > dayOf(now) || day < dayOf(new Date(now.getTime() - KEPT_MS))) throw outOfReach();
    const ids = await this.read(body);
    const digest = createHash('sha256').update(ids.join('\n')).digest('hex');
    return this.ledger.write(async (trx) => {
      await pruneLists(trx, dayOf(new Date(now.getTime() - KEPT_MS)));
      const list = await replaceList(trx, { day, side, kind, ids: ids.length, digest, by_id: caller.id, by_name: caller.name }, ids);
      await recordAction(trx, {
        caller, action: 'reconciliation.list-kept', subjectKind: 'reconciliation', subject: day, reason, result: 'done', facts: { side, kind, ids: ids.length, digest, ticket: ticket ?? null },
      });
      return { outcome: 'kept', outcomeZh: '清单已收下', ...showList(list) };
    });
  }

  /** Signs a day off as it was seen. @throws OpsProblem `day-not-over`, `changed-meanwhile` */
  signOff(caller: Caller, key: string | undefined, day: string, body: SignOffBody): Promise<SignedOffAnswer> {
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: `POST /api/reconciliation/${day}/sign-off`, body }, () => sign(trx, caller, day, body)));
  }

  /** A list that does not arrive in time is not waited for, and few are taken in at once. */
  private async read(body: unknown): Promise<string[]> {
    if (!(body instanceof Readable)) throw new OpsProblem('unsupported-media-type', { detail: 'Send text/csv.', detailZh: '请以 text/csv 发送，每行一个办件编号。' });
    if (this.uploading >= UPLOADS_AT_ONCE) throw new OpsProblem('uploads-running', { detail: `${UPLOADS_AT_ONCE} lists are coming in already; try again in a minute.`, detailZh: `正在接收 ${UPLOADS_AT_ONCE} 份清单，请一分钟后再试。` });
    this.uploading += 1;
    const late = setTimeout(() => { body.destroy(new Error('the list did not arrive in time')); }, UPLOAD_MS);
    try {
      return await readIdList(body);
    } catch (error) {
      letRunOut(body);
      throw error instanceof OpsProblem ? error : new OpsProblem('request-broken', { detail: 'The list broke off or came too slowly; send it again.', detailZh: '清单没有传完，或传得太慢；请重新上传。' });
    } finally {
      clearTimeout(late);
      this.uploading -= 1;
    }
  }
}

/** What is left of a refused list has to be taken off the line before its answer can be heard; one that does not end is cut. */
function letRunOut(body: Readable): void {
  const cut = setTimeout(() => { body.destroy(); }, RUN_OUT_MS);
  body.once('close', () => { clearTimeout(cut); }).resume();
}

async function sign(trx: Transaction<LedgerTables>, caller: Caller, day: string, { digest, reason, ticket }: SignOffBody): Promise<SignedOffAnswer> {
  if (!isOver(day, new Date())) throw new OpsProblem('day-not-over', { detail: 'The day is not over in Beijing; sign it tomorrow.', detailZh: '这一天还没有过完，请次日签认。' });
  const { rows, digest: present, openDeltas } = await readCounts(trx, day);
  if (digest !== present) throw new OpsProblem('changed-meanwhile', {
    detail: 'The board has changed since you looked; read it again.', detailZh: `对账板其间已有变化，现在没有走完的有 ${openDeltas} 件；请重新读取再签认。`,
  });
  const row = await insertSignOff(trx, { day, digest, open_deltas: openDeltas, board: JSON.stringify(rows), note: reason, by_id: caller.id, by_name: caller.name });
  await recordAction(trx, {
    caller, action: 'reconciliation.signed-off', subjectKind: 'reconciliation', subject: day, reason, result: 'done', facts: { digest, openDeltas, ticket: ticket ?? null },
  });
  return { outcome: 'signed', outcomeZh: '已签认', ...showSignOff(row, present) };
}

function notTheirs(): OpsProblem {
  return new OpsProblem('list-refused', { detail: 'Halls give sent and received, the centre received and returned.', detailZh: '大厅给 sent（送出的收件）和 received（收到的进度），中心给 received（收到的工单）和 returned（已答复的）。' });
}

function outOfReach(): OpsProblem {
  return new OpsProblem('list-refused', { detail: 'Lists are kept for 90 days, up to today.', detailZh: '清单只收今天和过去 90 天以内的。' });
}
