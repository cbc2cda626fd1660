import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { beijingTime, periodEnd, periodStart } from '../beijing-time.ts';
import { idempotent } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import type { Reading } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { findShift } from '../queries/shift-rows.ts';
import type { Period, ShiftRow } from '../queries/shift-rows.ts';
import { readNote } from './read-note.ts';
import type { ShiftAnswer, ShiftDetailAnswer, ShiftNoteAnswer, ShiftSignedAnswer } from './shift-note.answer.ts';
import { periodOf } from './shift-period.ts';
import type { ShiftNoteQuery, SignBody } from './shift.body.ts';

/** Makes the notes of shifts, and keeps those that were signed (交班). */
@Injectable()
export class Shifts {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  /** @throws OpsProblem `query-broken` for a period that is none or too long */
  note(query: ShiftNoteQuery): Promise<ShiftNoteAnswer> {
    const now = new Date();
    const period = askedPeriod(query, now);
    return this.ledger.read((trx) => this.make(trx, period, now));
  }

  /** Keeps the note of a period as it is now, to the letter; the record of the signature holds its digest. @throws OpsProblem */
  sign({ caller, key, body }: { readonly caller: Caller; readonly key: string | undefined; readonly body: SignBody }): Promise<ShiftSignedAnswer> {
    const now = new Date();
    const period = askedPeriod(body, now);
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: 'POST /api/shifts', body }, async () => {
      const document = JSON.stringify(await this.make(trx, period, now));
      const row = await trx.insertInto('shifts').values({
        period_from: period.from, period_until: period.to, by_id: caller.id, by_name: caller.name, note: body.reason, ticket: body.ticket ?? null, document, digest: digestOf(document),
      }).returningAll().executeTakeFirstOrThrow();
      await recordAction(trx, {
        caller, action: 'shift.signed', subjectKind: 'shift', subject: String(row.seq), reason: body.reason, result: 'done',
        facts: { from: period.from.toISOString(), until: period.to.toISOString(), digest: row.digest, ticket: row.ticket },
      });
      return { outcome: 'signed' as const, outcomeZh: '已签字：交班记录已存，并记入证据链', ...showShift(row) };
    }));
  }

  /** @throws OpsProblem `shift-unknown` */
  async signed(shiftId: number): Promise<ShiftDetailAnswer> {
    const row = await this.ledger.read((trx) => findShift(trx, shiftId));
    if (row === undefined) throw new OpsProblem('shift-unknown', { detail: 'Signed notes are listed at GET /api/shifts.', detailZh: '交班列表见 GET /api/shifts。' });
    return { ...showShift(row), intact: digestOf(row.document) === row.digest, document: JSON.parse(row.document) as ShiftNoteAnswer };
  }

  private make(trx: Reading, period: Period, now: Date): Promise<ShiftNoteAnswer> {
    return readNote(trx, period, now, this.config.environmentName);
  }
}

/** A signed note without what it says. */
export function showShift(row: Omit<ShiftRow, 'document'>): ShiftAnswer {
  return {
    shiftId: row.seq, from: beijingTime(row.period_from), to: beijingTime(row.period_until), signedAt: beijingTime(row.signed_at), signedBy: row.by_name,
    note: row.note, ticket: row.ticket, digest: row.digest,
  };
}

function askedPeriod({ hours, from, to }: ShiftNoteQuery, now: Date): Period {
  return periodOf({ hours, from: from === undefined ? undefined : periodStart(from), to: to === undefined ? undefined : periodEnd(to) }, now);
}

function digestOf(document: string): string {
  return createHash('sha256').update(document).digest('hex');
}
