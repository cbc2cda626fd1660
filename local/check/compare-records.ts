import { CaseBook, countLate, inArrivalOrder, missingNumbers } from './case-book.ts';
import type { CaseNotes } from './case-book.ts';
import type { CheckCatalogue } from './catalogue.ts';
import { expectedOf, keyInAnswer, transferKey } from './expected-transfers.ts';
import { Findings } from './findings.ts';
import type { FindingKind } from './findings.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import { TransferMatcher } from './match-transfers.ts';
import type { Answered, Effect, Ended, Line, Repeated, Sent, Side } from './record-lines.ts';
import type { CheckReport } from './report.ts';
import { reportOf } from './report.ts';

/** A row of the ledger's inbox. */
export interface LedgerEvent { readonly source: string; readonly eventId: string; readonly outcome: string }
/** A row of the ledger's transfers. */
export interface LedgerTransfer { readonly id: string; readonly projectNo: string; readonly status: string }
/** A row of the ledger's cases. */
export interface LedgerCase { readonly projectNo: string; readonly status: string; readonly resultCode: string | null }

const FINISHED: ReadonlySet<string> = new Set(['delivered', 'failed', 'discarded']);
const TERMINAL_STATUS: Readonly<Record<string, string>> = {
  APPROVED: 'COMPLETED', REJECTED: 'COMPLETED', NOT_ACCEPTED: 'RETURNED', RETURNED: 'RETURNED', SUPPLEMENT_TIMEOUT: 'RETURNED',
  WITHDRAWN: 'WITHDRAWN', VOIDED: 'VOIDED', DELETED: 'VOIDED',
};

/**
 * The comparison of what the simulators recorded on both sides with each other, and then with the ledger. Lines may come in any
 * interleaving of the two records, each record in its own order; ledger rows come after both records. Remembers little per case.
 */
export class Comparison {
  readonly #book = new CaseBook();
  readonly #findings = new Findings();
  readonly #latencies = new LatencyHistogram();
  readonly #matcher: TransferMatcher;
  readonly #concerns: (projectNo: string) => boolean;
  /** Accepted events that the ledger has not yet shown: event → its case. */
  readonly #unrecorded = new Map<string, string>();
  readonly #unlisted = new Set<string>();
  #repeats = 0;
  #accepted = 0;
  #unfinished = 0;
  #ledgerRead = false;

  /** `concerns` limits the comparison to some cases; all by default. */
  constructor(catalogue: CheckCatalogue, concerns: (projectNo: string) => boolean = () => true) {
    this.#matcher = new TransferMatcher(this.#book, this.#findings, this.#latencies, catalogue);
    this.#concerns = concerns;
  }

  line(side: Side, line: Line): void {
    if (line.projectNo === null || line.projectNo === undefined || !this.#concerns(line.projectNo)) return;
    if (line.k === 'sending') this.#sent(line);
    else if (line.k === 'answer') this.#answered(line);
    else if (line.k === 'effect') this.#effect(side, line);
    else if (line.k === 'repeat') this.#repeated(line);
    else if (line.k === 'end') this.#ended(side, line);
  }

  /** Both records are at their end; ledger rows may follow. */
  recordsEnd(): void {
    this.#matcher.finish();
    for (const notes of this.#book.cases.values()) this.#judgeOrder(notes);
    for (const key of this.#matcher.seenKeys()) this.#unlisted.add(key);
  }

  ledgerEvent(row: LedgerEvent): void {
    const key = `${row.source}\n${row.eventId}`;
    const projectNo = this.#unrecorded.get(key);
    if (projectNo === undefined) return;
    this.#unrecorded.delete(key);
    if (row.outcome !== 'applied') this.#findings.add('lost', projectNo, `event-${row.outcome}`, row.eventId, [key]);
  }

  ledgerTransfer(row: LedgerTransfer): void {
    if (!this.#concerns(row.projectNo)) return;
    this.#unlisted.delete(row.id);
    if (!FINISHED.has(row.status)) this.#unfinished += 1;
    if (row.status === 'failed' || row.status === 'discarded') this.#book.of(row.projectNo).failedTransfers += 1;
    if (row.status === 'delivered' && !this.#matcher.wasSeen(row.id)) this.#findings.add('lost', row.projectNo, 'delivered-but-not-seen', row.id, [row.id]);
  }

  ledgerCase(row: LedgerCase): void {
    const notes = this.#book.cases.get(row.projectNo);
    if (notes === undefined || notes.shown === null) return;
    const agrees = row.status === TERMINAL_STATUS[notes.shown] && (row.resultCode === null || row.resultCode === notes.shown);
    if (!agrees) this.#findings.add('altered', row.projectNo, 'ledger-disagrees', `${row.status} ${row.resultCode ?? ''}, shown ${notes.shown}`);
  }

  /** All ledger rows were given. */
  ledgerEnd(): void {
    this.#ledgerRead = true;
    for (const [key, projectNo] of this.#unrecorded) this.#findings.add('lost', projectNo, 'accepted-but-not-in-ledger', key.replace('\n', ' '), [key]);
    for (const key of this.#unlisted) this.#findings.add('unexplained', '', 'effect-without-transfer-in-ledger', key, [key]);
  }

  report(): CheckReport {
    return reportOf({
      cases: [...this.#book.cases.values()], findings: this.#findings, latencies: this.#latencies, repeats: this.#repeats, ledgerRead: this.#ledgerRead,
      accepted: this.#accepted, unfinished: this.#unfinished,
    });
  }

  #sent(line: Sent): void {
    const notes = this.#book.of(line.projectNo ?? '');
    if (line.type === 'case.received') {
      notes.itemCode = String(line.facts.itemCode);
      notes.hall = line.source.slice('/halls/'.length);
      notes.receiptId = line.id;
    }
    for (const expected of expectedOf(line)) this.#matcher.expect(line, expected);
  }

  #answered(line: Answered): void {
    const projectNo = line.projectNo ?? '';
    const notes = this.#book.of(projectNo);
    const accepted = line.status === 202;
    if (line.id === notes.receiptId) notes.receiptStatus = line.status;
    if (accepted) this.#accepted += 1;
    if (accepted) this.#unrecorded.set(`${line.source}\n${line.id}`, projectNo);
    else notes.refusedEvents += 1;
    for (const to of ['centre', 'hall'] as const) this.#matcher.answered(transferKey(line.source, line.id, to), line.at, accepted);
    if (accepted && line.transferId !== null && line.transferId !== keyInAnswer(line.source, line.id)) {
      this.#findings.add('altered', projectNo, 'answer-names-another-transfer', `${line.id}: ${line.transferId}`);
    }
  }

  #effect(side: Side, line: Effect): void {
    const notes = this.#book.of(line.projectNo);
    if (side === 'centre' && line.kind === 'open') notes.centreOpened = true;
    if (this.#matcher.effect(line, side) && side === 'platform') this.#shown(notes, line);
  }

  #shown(notes: CaseNotes, line: Effect): void {
    if (line.updateSequence !== null) notes.updates.push(line.updateSequence);
    const result = line.facts.result as { code?: unknown } | undefined;
    if (result !== undefined) notes.shown = String(result.code);
  }

  #repeated(line: Repeated): void {
    this.#repeats += 1;
    if (!line.same) this.#findings.add('altered', line.projectNo, 'key-reused-with-other-content', line.key);
  }

  #ended(side: Side, line: Ended): void {
    const notes = this.#book.of(line.projectNo);
    if (side === 'platform') notes.platformEnded = true;
    else notes.centreEnded = true;
  }

  #judgeOrder(notes: CaseNotes): void {
    const numbers = [...new Set(notes.updates)];
    const say = (kind: FindingKind, what: string, detail: readonly number[], times: number): void =>
      this.#findings.addTimes(kind, notes.projectNo, what, detail.join(' '), times);
    say('outOfOrder', 'update-out-of-turn', notes.updates, Math.max(countLate(numbers), countLate(inArrivalOrder(notes.fromCentre))));
    const workItems = inArrivalOrder(notes.toCentre);
    say('outOfOrder', 'work-item-out-of-turn', workItems, countLate(workItems));
    say('duplicated', 'update-number-twice', notes.updates, notes.updates.length - numbers.length - notes.phantomUpdates);
    const missing = missingNumbers(numbers);
    say('lost', 'update-number-missing', missing, missing.length - notes.lostUpdates);
  }
}
