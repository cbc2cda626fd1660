import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { withDatabase } from '../../../../test/support/index.ts';
import { insertAttempts } from '../ledger/attempt-rows.ts';
import { pruneCanaries } from '../ledger/canary-rows.ts';
import { loadCaughtUp } from '../ledger/evidence-messages.ts';
import { insertEvents } from '../ledger/event-rows.ts';
import { readChainEnd } from '../ledger/evidence-rows.ts';
import { insertRevision } from '../ledger/revision-rows.ts';
import { migrateLedger } from '../ledger/migrate-ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { insertTransfers } from '../ledger/transfer-rows.ts';
import { anAttempt, anEvent, aTransfer, putCase } from '../ops-api/ledger-rows.fixture.ts';
import { OpsLedger } from '../ops-api/ops-ledger.ts';
import { exportEvidence } from './export-evidence.ts';
import { exported, verified } from './exported.fixture.ts';
import { SealMessages } from './seal-messages.ts';

const database = withDatabase();
let db: Kysely<LedgerTables>;
let seal: SealMessages;
beforeAll(async () => {
  db = openLedger({ url: database.url, poolSize: 8, statementTimeoutMs: 20_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
  seal = new SealMessages(db);
});
afterAll(() => db.destroy());

/** Only for whom a writer holds up: waited out. */
const SHORT_MS = 100;

interface Row { readonly row?: string; readonly digestAfter?: string; readonly eventId?: string; readonly transferId?: string; readonly outcome?: string }

async function rows(): Promise<Row[]> {
  return (await exported(db)).map((line) => JSON.parse(line) as Row).filter(({ row }) => row !== undefined);
}

/** Changes a row behind the ledger's back, looks, and puts it back. */
async function tamper(change: ReturnType<typeof sql>, back: ReturnType<typeof sql>): Promise<string[]> {
  await change.execute(db);
  const { problems } = await verified(db);
  await back.execute(db);
  expect(await verified(db)).toMatchObject({ ok: true });
  return problems.map(({ code }) => code);
}

describe('messages under seal', () => {
  it('are every event and attempt, in one chain with what people did', async () => {
    await putCase(db, 'S-1', {}, ['delivered']);
    await insertAttempts(db, [anAttempt('tr_S-1_0', 1)]);
    expect(await seal.run()).toBe('caught-up');
    expect(await verified(db)).toMatchObject({ ok: true, entries: 2, rows: 2 });
    expect(await rows()).toEqual([expect.objectContaining({ row: 'events', eventId: 'e-S-1' }), expect.objectContaining({ row: 'attempts', transferId: 'tr_S-1_0', outcome: 'delivered' })]);
  });

  it('get no entry when there is nothing new', async () => {
    await seal.run();
    expect((await verified(db)).entries).toBe(2);
  });

  it('miss no row of a transaction that drew its number earlier and commits later', async () => {
    const drawn = Promise.withResolvers<void>();
    const hold = Promise.withResolvers<void>();
    const slow = db.transaction().execute(async (trx) => {
      await insertEvents(trx, [anEvent('S-1', 'slow')]);
      drawn.resolve();
      await hold.promise;
    });
    await drawn.promise;
    await insertEvents(db, [anEvent('S-1', 'fast')]);
    const before = await loadCaughtUp(db);
    expect(await seal.run(undefined, SHORT_MS)).toBe('open');
    expect(await new SealMessages(db).run(undefined, SHORT_MS)).toBe('open');
    expect(await loadCaughtUp(db)).toEqual(before);
    hold.resolve();
    await slow;
    expect(await seal.run()).toBe('caught-up');
    expect((await rows()).map(({ eventId }) => eventId)).toEqual(expect.arrayContaining(['slow', 'fast']));
    expect(await verified(db)).toMatchObject({ ok: true });
  });

  it('wait for nobody who began to write after the round began', async () => {
    await insertEvents(db, [anEvent('S-1', 'earlier')]);
    const older = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const first = db.transaction().execute(async (trx) => {
      await insertEvents(trx, [anEvent('S-1', 'older')]);
      begun.resolve();
      await older.promise;
    });
    await begun.promise;
    expect(await seal.run(undefined, SHORT_MS)).toBe('open');
    const younger = Promise.withResolvers<void>();
    const second = db.transaction().execute(async (trx) => {
      await insertEvents(trx, [anEvent('S-1', 'younger')]);
      older.resolve();
      await younger.promise;
    });
    await first;
    expect(await seal.run()).toBe('caught-up');
    younger.resolve();
    await second;
    await seal.run();
    expect(await verified(db)).toMatchObject({ ok: true });
  });

  it('are sealed once when several gateways seal at the same time', async () => {
    await insertEvents(db, Array.from({ length: 50 }, (_, index) => anEvent('S-1', `many-${index}`)));
    await Promise.all(Array.from({ length: 4 }, () => new SealMessages(db).run()));
    await seal.run();
    const ids = (await rows()).map(({ eventId }) => eventId).filter((id) => id?.startsWith('many-'));
    expect(ids).toHaveLength(50);
    expect(await verified(db)).toMatchObject({ ok: true });
  });

  it('leave canaries out, which may go', async () => {
    await putCase(db, 'CANARY-1', { canary: true }, ['delivered']);
    await putCase(db, 'CANARY-2', { canary: true }, ['delivered']);
    await insertAttempts(db, [anAttempt('tr_CANARY-1_0', 1, { outcome: 'retryable' })]);
    await insertAttempts(db, [anAttempt('tr_CANARY-1_0', 1)]);
    await seal.run();
    await sql`update events set recorded_at = now() - interval '2 days' where project_no = 'CANARY-1'`.execute(db);
    expect(await pruneCanaries(db, 1_000, 10)).toBe(1);
    await insertEvents(db, [anEvent('S-1', 'after-canaries')]);
    await seal.run();
    expect(JSON.stringify(await rows())).not.toContain('CANARY');
    expect(await verified(db)).toMatchObject({ ok: true });
  });
});

describe('an attempt that is reported to have arrived after it was reported as failed', () => {
  it.each([['after it was sealed', true], ['before it was sealed', false]])('is vouched for with both reports, also when the second comes %s', async (_when, sealedBetween) => {
    const id = `tr_again_${String(sealedBetween)}`;
    const seq = await putCase(db, `S-again-${String(sealedBetween)}`, {}, []);
    await insertTransfers(db, [aTransfer(`S-again-${String(sealedBetween)}`, id, seq)]);
    await insertAttempts(db, [anAttempt(id, 1, { outcome: 'retryable', http_status: 503, error_code: 'http-503' })]);
    if (sealedBetween) await seal.run();
    await insertAttempts(db, [anAttempt(id, 1)]);
    await seal.run();
    const told = (await rows()).filter(({ transferId }) => transferId === id);
    expect(told.map(({ row, outcome }) => [row, outcome])).toEqual([['attempts', 'retryable'], ['later-reports', 'delivered']]);
    expect(await verified(db)).toMatchObject({ ok: true });
  });
});

describe('payloads that took the place of others', () => {
  const id = 'tr_revised';
  /** A person's edit, one that a second person agreed to, and what the bridge made after a hall's correction. */
  const MADE = [
    { cause: 'edit', author: 'account:1', approver: null }, { cause: 'edit', author: 'account:1', approver: 'account:2' }, { cause: 'correction', author: 'service:bridge', approver: null },
  ] as const;

  async function revise(transferId: string): Promise<void> {
    for (const [index, { cause, author, approver }] of MADE.entries()) {
      await insertRevision(db, {
        transfer_id: transferId, revision: index + 2, cause, author, author_name: '测试甲', approver, approver_name: null, reason: '更正', ticket: null,
        changed_paths: JSON.stringify(['application.regionCode']), attempts_before: index + 1, digest_before: String(index).repeat(64), digest_after: String(index + 1).repeat(64), sealed: null, key_version: null,
      });
    }
  }

  it('are vouched for one by one, whoever made them', async () => {
    const seq = await putCase(db, 'S-revised', {}, []);
    await insertTransfers(db, [aTransfer('S-revised', id, seq)]);
    // A number that was drawn and rolled back: where it was, nothing may be put later.
    await sql`select nextval(pg_get_serial_sequence('transfer_revisions', 'seq'))`.execute(db);
    await revise(id);
    await seal.run();
    const told = (await rows()).filter(({ row }) => row === 'revisions');
    expect(told).toEqual(MADE.map((made, index) => expect.objectContaining({ ...made, transferId: id, revision: index + 2, digestBefore: String(index).repeat(64), digestAfter: String(index + 1).repeat(64) })));
    expect(await verified(db)).toMatchObject({ ok: true });
  });

  it('miss none whose transaction is still open', async () => {
    const transferId = 'tr_revised_late';
    const seq = await putCase(db, 'S-revised-late', {}, []);
    await insertTransfers(db, [aTransfer('S-revised-late', transferId, seq)]);
    await seal.run();
    const [drawn, hold] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = db.transaction().execute(async (trx) => {
      await insertRevision(trx, {
        transfer_id: transferId, revision: 2, cause: 'edit', author: 'account:1', author_name: '测试甲', approver: null, approver_name: null, reason: '更正', ticket: null,
        changed_paths: '[]', attempts_before: 1, digest_before: null, digest_after: '9'.repeat(64), sealed: null, key_version: null,
      });
      drawn.resolve();
      await hold.promise;
    });
    await drawn.promise;
    expect(await seal.run(undefined, SHORT_MS)).toBe('open');
    hold.resolve();
    await slow;
    expect(await seal.run()).toBe('caught-up');
    expect((await rows()).map(({ digestAfter }) => digestAfter)).toContain('9'.repeat(64));
  });

  const of = (revision: number): ReturnType<typeof sql> => sql`transfer_id = ${id} and revision = ${revision}`;
  it.each([
    ['a digest that was changed', sql`update transfer_revisions set digest_after = repeat('f', 64) where ${of(2)}`],
    ['an approver who was put in', sql`update transfer_revisions set approver = 'account:9' where ${of(2)}`],
    ['the bridge\'s own, given to a person', sql`update transfer_revisions set author = 'account:1' where ${of(4)}`],
    ['fields that were left out', sql`update transfer_revisions set changed_paths = '[]' where ${of(3)}`],
    ['one that was removed', sql`delete from transfer_revisions where ${of(3)}`],
    ['two that changed places', sql`
      update transfer_revisions r set cause = o.cause, author = o.author, approver = o.approver, digest_before = o.digest_before, digest_after = o.digest_after
      from transfer_revisions o where r.transfer_id = ${id} and o.transfer_id = ${id} and r.revision in (3, 4) and o.revision = 7 - r.revision`],
    ['one that was added', sql`
      insert into transfer_revisions (seq, transfer_id, revision, cause, author, author_name, reason, changed_paths, attempts_before, digest_after) overriding system value
      select seq - 1, transfer_id, 9, cause, author, author_name, reason, changed_paths, attempts_before, digest_after from transfer_revisions where ${of(2)}`],
  ])('show what is done to them behind the ledger\'s back: %s', async (_what, change) => {
    await sql`create table kept_revisions as select * from transfer_revisions`.execute(db);
    await sql`alter table transfer_revisions disable trigger revisions_append_only`.execute(db);
    await change.execute(db);
    const { problems } = await verified(db);
    await sql`delete from transfer_revisions`.execute(db);
    await sql`insert into transfer_revisions overriding system value select * from kept_revisions`.execute(db);
    await sql`alter table transfer_revisions enable trigger revisions_append_only`.execute(db);
    await sql`drop table kept_revisions`.execute(db);
    expect(problems.map(({ code }) => code)).toEqual(['rows']);
    expect(await verified(db)).toMatchObject({ ok: true });
  });
});

describe('what is done to the ledger behind its back', () => {
  const id = `tr_S-1_0`;
  it.each([
    ['an event that was changed', sql`update events set digest = repeat('1', 64) where event_id = 'slow'`, sql`update events set digest = repeat('0', 64) where event_id = 'slow'`],
    ['an event that was moved to another case', sql`update events set project_no = 'S-9' where event_id = 'slow'`, sql`update events set project_no = 'S-1' where event_id = 'slow'`],
    ['an event that was hidden as a canary', sql`update events set project_no = 'CANARY-9' where event_id = 'slow'`, sql`update events set project_no = 'S-1' where event_id = 'slow'`],
    ['an attempt that was given another answer', sql`update attempts set response_digest = repeat('1', 64) where transfer_id = ${id}`, sql`update attempts set response_digest = repeat('0', 64) where transfer_id = ${id}`],
  ])('shows: %s', async (_what, change, back) => {
    expect(await tamper(change, back)).toEqual(['rows']);
  });

  it('shows: an event that was removed', async () => {
    const { rows: [kept] } = await sql<{ seq: number }>`select seq from events where event_id = 'fast'`.execute(db);
    await sql`create table kept as select * from events where seq = ${kept?.seq}`.execute(db);
    await sql`delete from events where seq = ${kept?.seq}`.execute(db);
    expect((await verified(db)).problems.map(({ code }) => code)).toEqual(['rows']);
    await sql`insert into events overriding system value select * from kept`.execute(db);
    expect(await verified(db)).toMatchObject({ ok: true });
  });

  it.each([
    ['an entry that was changed', sql`update evidence set entry = replace(entry, 'service:gateway', 'account:1') where seq = 1`, ['hash@1', 'columns@1']],
    ['an entry that was removed', sql`delete from evidence where seq = 2`, ['gap@3', 'link@3', expect.stringMatching(/^range@/)]],
    ['a column that tells of somebody else', sql`update evidence set actor = 'account:1' where seq = 1`, ['columns@1']],
  ])('shows: %s', async (_what, change, codes) => {
    await sql`create table kept_chain as select * from evidence`.execute(db);
    await sql`alter table evidence disable trigger evidence_append_only`.execute(db);
    await change.execute(db);
    const { problems } = await verified(db);
    await sql`delete from evidence`.execute(db);
    await sql`insert into evidence select * from kept_chain`.execute(db);
    await sql`alter table evidence enable trigger evidence_append_only`.execute(db);
    await sql`drop table kept_chain`.execute(db);
    expect(problems.map(({ code, seq }) => `${code}@${String(seq)}`)).toEqual(codes);
    expect(await verified(db)).toMatchObject({ ok: true });
  });
});

describe('more messages than one entry covers', () => {
  it('go under several entries when there are more than one covers', async () => {
    const { entries } = await verified(db);
    await sql`insert into events (source, event_id, type, party, order_key, project_no, data_version, occurred_at, door_at, digest, outcome, sealed, key_version)
      select '/centre', 'bulk-' || n, 'case.accepted', 'centre', 'S-1', 'S-1', 1, now(), now(), repeat('0', 64), 'applied', ''::bytea, 1 from generate_series(1, 10500) n`.execute(db);
    expect(await seal.run()).toBe('caught-up');
    expect(await verified(db)).toMatchObject({ ok: true, entries: entries + 2 });
  });

  it('are exported a page at a time, and no page before the one ahead of it was taken', async () => {
    const ledger = new OpsLedger(db);
    const read = ledger.read.bind(ledger);
    let asked = 0;
    ledger.read = (question) => {
      asked += 1;
      return read(question);
    };
    let most = 0;
    let taken = 0;
    for await (const piece of exportEvidence(ledger, 1, (await readChainEnd(db)).seq)) {
      taken += 1;
      most = Math.max(most, piece.trimEnd().split('\n').length);
      expect(asked).toBeLessThanOrEqual(taken + 1);
    }
    expect(most).toBe(1_000);
  });
});
