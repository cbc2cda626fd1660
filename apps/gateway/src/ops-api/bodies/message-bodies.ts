import { randomBytes } from 'node:crypto';
import { KeyRing } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { findBody, findReveal, findRevisionBody, insertReveal } from '../../ledger/evidence-reveals.ts';
import type { MessageSubject, RevealRow, RevealSubject } from '../../ledger/evidence-reveals.ts';
import { openJson } from '../../ledger/sealed-json.ts';
import type { LedgerTables } from '../../ledger/tables.ts';
import { beijingTime } from '../beijing-time.ts';
import { idempotent } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import type { OpsProblem } from '../problems/ops-problem.ts';
import { decisionRefusal } from '../revisions/refusals.ts';
import type { BodyAnswer, RevealAnswer, RevealedAnswer } from './body.answer.ts';
import { noBody, notMasked, revealOver, unknownMessage, unknownReveal } from './body-problems.ts';
import { MASK_CLASSES } from './harmless-fields.ts';
import { hiddenInBody, hiddenInEdit, openEdit } from './hidden-values.ts';
import type { HiddenValues } from './hidden-values.ts';
import { maskBody } from './mask-body.ts';
import type { RevealBody } from './reveal.body.ts';

type Trx = Transaction<LedgerTables>;

/** How long a reveal lasts. */
const REVEAL_MS = 10 * 60_000;

/** Shows bodies masked, and fields of them unmasked for a while to one person. Every look is recorded with the fields, never with a value. */
@Injectable()
export class MessageBodies {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {}

  see(caller: Caller, subject: MessageSubject, revision?: number): Promise<BodyAnswer> {
    return this.ledger.write(async (trx) => {
      const { projectNo, body } = await this.open(trx, subject, revision);
      const { body: shown, masked } = maskBody(body);
      await recordAction(trx, {
        caller, action: `${subject.kind}.body-seen`, subjectKind: subject.kind, subject: subject.id, reason: '', result: 'done',
        facts: { masked: masked.length, ...(revision === undefined ? {} : { revision }) },
      });
      return {
        subjectKind: subject.kind, subject: subject.id, projectNo, body: shown,
        masked: masked.map((field) => ({ ...field, classZh: MASK_CLASSES[field.class] })),
      };
    });
  }

  /** @throws OpsProblem also when a field is asked for that is not masked */
  reveal(caller: Caller, key: string | undefined, subject: RevealSubject, body: RevealBody): Promise<RevealAnswer> {
    const path = subject.kind === 'edit' ? `transfers/${subject.id.replace('/', '/edit/')}` : `${subject.kind}s/${subject.id}`;
    const route = `POST /api/${path}/reveal`;
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route, body }, () => this.revealed(trx, caller, subject, body)));
  }

  /** @throws OpsProblem for another person, and after the time; the look is recorded all the same */
  async look(caller: Caller, revealId: string): Promise<RevealedAnswer> {
    const seen = await this.ledger.write(async (trx): Promise<RevealedAnswer | OpsProblem> => {
      const reveal = await findReveal(trx, revealId);
      if (reveal === undefined) return unknownReveal();
      const refused = reveal.person !== caller.person ? unknownReveal() : reveal.over ? revealOver() : null;
      const answer = refused ?? await this.values(trx, reveal);
      await recordAction(trx, {
        caller, action: 'reveal.seen', reason: '', result: refused === null ? 'done' : 'refused',
        ...recordedOf({ kind: reveal.subject_kind, id: reveal.subject }, { revealId, fields: reveal.fields }),
      });
      return answer;
    });
    if (seen instanceof Error) throw seen;
    return seen;
  }

  private async revealed(trx: Trx, caller: Caller, subject: RevealSubject, { fields, reason, ticket }: RevealBody): Promise<RevealAnswer> {
    if (subject.kind === 'edit') await this.requirePending(trx, subject);
    const hidden = await this.hidden(trx, subject);
    const others = fields.filter((field) => !hidden.has(field));
    if (others.length > 0) throw notMasked(others);
    const id = `rv_${randomBytes(18).toString('base64url')}`;
    const expires = await insertReveal(trx, { id, person: caller.person, subject_kind: subject.kind, subject: subject.id, fields }, REVEAL_MS);
    await recordAction(trx, {
      caller, action: subject.kind === 'edit' ? 'transfer.edit-revealed' : `${subject.kind}.revealed`, reason, result: 'done',
      ...recordedOf(subject, { revealId: id, fields, ticket: ticket ?? null, expiresAt: expires.toISOString() }),
    });
    return { outcome: 'revealed', outcomeZh: '已揭示，十分钟内仅供本人查看', revealId: id, expiresAt: beijingTime(expires) };
  }

  private async values(trx: Trx, { subject_kind, subject, fields, expires_at }: RevealRow): Promise<RevealedAnswer> {
    const hidden = await this.hidden(trx, { kind: subject_kind, id: subject });
    return { subjectKind: subject_kind, subject, expiresAt: beijingTime(expires_at), fields: fields.flatMap((path) => hidden.get(path) ?? [{ path, value: null }]) };
  }

  private async hidden(trx: Trx, { kind, id }: RevealSubject): Promise<HiddenValues> {
    return kind === 'edit' ? hiddenInEdit(await openEdit(trx, { id }, this.keys)) : hiddenInBody((await this.open(trx, { kind, id })).body);
  }

  /** Of an edit that was decided nobody needs to compare anything any more. */
  private async requirePending(trx: Trx, subject: RevealSubject): Promise<void> {
    const { edit } = await openEdit(trx, subject, this.keys);
    if (edit.state !== 'awaiting-approval') throw decisionRefusal({ kind: 'refused', code: 'edit-closed', facts: null, edit, problems: [] });
  }

  private async open(trx: Trx, subject: MessageSubject, revision?: number): Promise<{ projectNo: string | null; body: unknown }> {
    const row = await (revision === undefined ? findBody(trx, subject) : findRevisionBody(trx, subject.id, revision));
    if (row === undefined) throw unknownMessage(subject);
    if (row.sealed === null || row.key_version === null) throw noBody();
    try {
      return { projectNo: row.project_no, body: openJson(this.keys, { sealed: row.sealed, key_version: row.key_version }) };
    } catch {
      throw noBody();
    }
  }
}

/** How the chain names it: an edit under its transfer, where whoever looks into the case finds it. */
function recordedOf({ kind, id }: RevealSubject, facts: Record<string, unknown>): { subjectKind: string; subject: string; facts: Record<string, unknown> } {
  const [transferId = '', editId] = id.split('/');
  return kind === 'edit' ? { subjectKind: 'transfer', subject: transferId, facts: { ...facts, editId } } : { subjectKind: kind, subject: id, facts };
}
