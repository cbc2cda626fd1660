import { setTimeout as sleep } from 'node:timers/promises';
import { RangeDigest, rowLine } from '#evidence';
import type { MessageTable, SealedRange } from '#evidence';
import { Inject, Injectable } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { sealedRows } from '../gateway.metrics.ts';
import { isSettled, lastSealed, noteCaughtUp, readMessageRows, SEALED_TABLES, takeSealing, takeWatermark } from '../ledger/evidence-messages.ts';
import type { Watermark } from '../ledger/evidence-messages.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { appendEntry } from './append-entry.ts';

/** Rows under one entry at most: a range that was changed is then narrow enough to look at. */
const RANGE_ROWS = 10_000;
/** Looked at in one go: with a thousand, everything else stood still for fifty milliseconds. */
const PAGE_ROWS = 100;
/** How long one round waits for transactions that were open when it began; most end within milliseconds. */
const WRITERS_MS = 2_000;
const WRITERS_STEP_MS = 20;

/** What one round came to. `open`: somebody's transaction is still open; `elsewhere`: another gateway is sealing. */
export type Sealed = 'caught-up' | 'open' | 'elsewhere' | 'stopped';

/** Vouches for the messages recorded since the last time: digests over ranges of their rows, as entries of the one chain. */
@Injectable()
export class SealMessages {
  private readonly db: Kysely<LedgerTables>;
  private pending: Watermark | null = null;
  /** Up to where each table was found to hold nothing to seal: on a quiet day, the canaries' rows need not be looked through each time. */
  private readonly empty = new Map<MessageTable, number>();

  constructor(@Inject(OPS_POOL) db: Kysely<LedgerTables>) {
    this.db = db;
  }

  /** Seals everything that was recorded when the round began. Nothing is passed over: while an older transaction is open, it waits for that one. */
  async run(stopping?: AbortSignal, patienceMs = WRITERS_MS): Promise<Sealed> {
    const watermark = this.pending ?? await takeWatermark(this.db);
    this.pending = watermark;
    if (!await this.settle(watermark, patienceMs)) return 'open';
    for (const table of SEALED_TABLES) {
      const sealed = await this.sealTable(table, watermark.last[table], stopping);
      if (sealed !== 'caught-up') return sealed;
    }
    await noteCaughtUp(this.db, watermark.at);
    this.pending = null;
    return 'caught-up';
  }

  private async settle(watermark: Watermark, patienceMs: number): Promise<boolean> {
    const until = performance.now() + patienceMs;
    while (!await isSettled(this.db, watermark)) {
      if (performance.now() > until) return false;
      await sleep(WRITERS_STEP_MS);
    }
    return true;
  }

  private async sealTable(table: MessageTable, last: number, stopping: AbortSignal | undefined): Promise<Sealed> {
    while (stopping?.aborted !== true) {
      const begun = performance.now();
      const step = await this.db.transaction().execute((trx) => this.step(trx, table, last));
      if (step !== 'more') return step;
      // With much to catch up on, messages get at least every second moment of this process.
      await sleep(performance.now() - begun, undefined, stopping && { signal: stopping }).catch(() => undefined);
    }
    return 'stopped';
  }

  /** One range, one transaction: read, and appended last, so that people's actions hardly wait for it. */
  private async step(trx: Transaction<LedgerTables>, table: MessageTable, last: number): Promise<Sealed | 'more'> {
    if (!await takeSealing(trx)) return 'elsewhere';
    const from = await lastSealed(trx, table) + 1;
    if (from > last) return 'caught-up';
    const range = await digestRows(trx, table, from, Math.max(from, (this.empty.get(table) ?? 0) + 1), last);
    if (range.rows === 0) {
      this.empty.set(table, last);
      return 'caught-up';
    }
    await appendEntry(trx, {
      kind: 'messages', actor: 'service:gateway', actorName: '网关', address: '', action: 'messages.sealed', subjectKind: table, subject: `${range.from}-${range.to}`,
      reason: '', result: 'done', facts: { ...range },
    });
    sealedRows.inc({ table }, range.rows);
    return range.to < last ? 'more' : 'caught-up';
  }
}

/** The range from `from` on, up to `last` or as many rows as one entry covers. Rows are looked for from `start`. */
async function digestRows(trx: Transaction<LedgerTables>, table: MessageTable, from: number, start: number, last: number): Promise<SealedRange> {
  const digest = new RangeDigest();
  let next = start;
  while (digest.rows < RANGE_ROWS) {
    const rows = await readMessageRows(trx, table, next, last, PAGE_ROWS);
    for (const row of rows) digest.add(rowLine(table, row));
    next = (rows.at(-1)?.seq ?? last) + 1;
    if (rows.length < PAGE_ROWS) next = last + 1;
    if (next > last) break;
  }
  return { table, from, to: next - 1, rows: digest.rows, ...digest.end() };
}
