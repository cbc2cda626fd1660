import { createHash } from 'node:crypto';
import type pg from 'pg';

const SEALED = ['events', 'attempts'] as const;

/**
 * Vouches in the chain of evidence for the rows that were made, as the gateway would have done while they came: else it would seal years of them, as fast
 * as it can, while it is being measured. The digests are of nothing, for nobody verifies this ledger.
 */
export async function sealMade(db: pg.Client): Promise<void> {
  for (const table of SEALED) {
    const { rows: [end] } = await db.query<{ seq: string; hash: Buffer }>('select seq, hash from evidence order by seq desc limit 1');
    const { rows: [last] } = await db.query<{ seq: string }>(`select max(seq) as seq from ${table}`);
    const [seq, to, previous] = [Number(end?.seq ?? 0) + 1, Number(last?.seq ?? 0), end?.hash ?? Buffer.alloc(32)];
    const told = {
      seq, at: new Date().toISOString(), kind: 'messages', actor: 'service:bench', actorName: 'bench', address: '', action: 'messages.sealed', subjectKind: table,
      subject: `1-${to}`, reason: '', result: 'done', facts: { table, from: 1, to, rows: to, digest: '' },
    };
    const entry = JSON.stringify(told);
    await db.query(
      'insert into evidence (seq, at, kind, actor, action, subject_kind, subject, entry, previous, hash) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
      [seq, told.at, told.kind, told.actor, told.action, table, told.subject, entry, previous, createHash('sha256').update(previous).update(entry).digest()],
    );
  }
}
