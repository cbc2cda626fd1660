import type { CaseBook, CaseNotes } from './case-book.ts';
import type { CheckCatalogue } from './catalogue.ts';
import { differingFields } from './differing-fields.ts';
import { expectedUpdate } from './expected-update.ts';
import { expectedWorkItem } from './expected-work-item.ts';
import type { Expected } from './expected-transfers.ts';
import type { Findings } from './findings.ts';
import type { LatencyHistogram } from './latency-histogram.ts';
import type { Effect, Sent, Side } from './record-lines.ts';

/** A transfer of which something is still missing: its cause, the answer to its cause, or its effect. */
interface Half {
  sent: Sent | null;
  expected: Expected | null;
  answeredAt: number | null;
  refused: boolean;
  effect: Effect | null;
  side: Side | null;
}

/** What is left of a transfer once cause, answer and effect were compared. */
type Matched = 'matched';

/** Puts each effect together with the event that caused it, by the key both compute, and compares what was said with what was shown. */
export class TransferMatcher {
  readonly #book: CaseBook;
  readonly #findings: Findings;
  readonly #latencies: LatencyHistogram;
  readonly #catalogue: CheckCatalogue;
  readonly #transfers = new Map<string, Half | Matched>();

  constructor(book: CaseBook, findings: Findings, latencies: LatencyHistogram, catalogue: CheckCatalogue) {
    this.#book = book;
    this.#findings = findings;
    this.#latencies = latencies;
    this.#catalogue = catalogue;
  }

  expect(sent: Sent, expected: Expected): void {
    const half = this.#half(expected.key);
    if (half === null) return;
    half.sent = sent;
    half.expected = expected;
    this.#settle(expected.key, half);
  }

  /** The door's answer to the cause. */
  answered(key: string, at: number, accepted: boolean): void {
    const half = this.#transfers.get(key);
    if (half === undefined || half === 'matched') return;
    half.answeredAt = at;
    half.refused = !accepted;
    this.#settle(key, half);
  }

  /** `false` when this key was applied before. */
  effect(effect: Effect, side: Side): boolean {
    const half = this.wasSeen(effect.key) ? null : this.#half(effect.key);
    if (half === null) {
      this.#findings.add('duplicated', effect.projectNo, 'key-applied-twice', effect.key);
      return false;
    }
    half.effect = effect;
    half.side = side;
    this.#settle(effect.key, half);
    return true;
  }

  /** Whether the effect of this transfer was seen on the far side. */
  wasSeen(key: string): boolean {
    const known = this.#transfers.get(key);
    return known === 'matched' || (known !== undefined && known.effect !== null);
  }

  *seenKeys(): Generator<string> {
    for (const key of this.#transfers.keys()) if (this.wasSeen(key)) yield key;
  }

  /** What never came together, once both records are at their end. */
  finish(): void {
    for (const [key, half] of this.#transfers) {
      if (half !== 'matched') this.#loose(key, half);
    }
  }

  #half(key: string): Half | null {
    const known = this.#transfers.get(key);
    if (known !== undefined) return known === 'matched' ? null : known;
    const half: Half = { sent: null, expected: null, answeredAt: null, refused: false, effect: null, side: null };
    this.#transfers.set(key, half);
    return half;
  }

  #settle(key: string, half: Half): void {
    const { sent, expected, effect, side, answeredAt } = half;
    if (sent === null || expected === null || effect === null || answeredAt === null || half.refused) return;
    this.#transfers.set(key, 'matched');
    this.#latencies.add(effect.at - answeredAt);
    this.#noteOrder(sent, effect);
    this.#compare(sent, expected, effect, side);
  }

  #noteOrder(sent: Sent, effect: Effect): void {
    const notes = this.#book.of(effect.projectNo);
    if (effect.updateSequence === null) notes.toCentre.push([effect.n, sent.n]);
    else if (sent.source === '/centre' && sent.sequence !== null) notes.fromCentre.push([effect.n, sent.sequence]);
  }

  #compare(sent: Sent, expected: Expected, effect: Effect, side: Side | null): void {
    const notes = this.#book.of(effect.projectNo);
    const arrivedAt = side === 'centre' ? 'centre' : 'hall';
    if (arrivedAt !== expected.to || effect.kind !== expected.kind) {
      this.#findings.add('altered', effect.projectNo, 'wrong-kind-or-place', `${effect.key}: ${arrivedAt} ${effect.kind}`);
      return;
    }
    const fields = differingFields(this.#expectation(sent, expected, notes), effect.facts);
    if (arrivedAt === 'hall' && effect.hall !== notes.hall) fields.push('hall');
    if (fields.length > 0) this.#findings.add('altered', effect.projectNo, 'fields-differ', `${effect.key} ${effect.kind}: ${fields.join(', ')}`);
  }

  #expectation(sent: Sent, expected: Expected, notes: CaseNotes): Readonly<Record<string, unknown>> {
    return expected.to === 'centre'
      ? expectedWorkItem(sent, expected.kind, notes.hall, notes.itemCode, this.#catalogue)
      : expectedUpdate(sent, expected.kind, notes.hall, notes.itemCode);
  }

  #loose(key: string, { sent, expected, answeredAt, refused, effect }: Half): void {
    if (effect !== null) {
      if (refused || sent === null) this.#phantom(effect, refused);
      return;
    }
    if (sent !== null && expected !== null && answeredAt !== null && !refused) this.#lost(key, sent, expected);
  }

  #lost(key: string, sent: Sent, expected: Expected): void {
    const projectNo = sent.projectNo ?? '';
    if (expected.to === 'hall') this.#book.of(projectNo).lostUpdates += 1;
    this.#findings.add('lost', projectNo, 'no-effect', `${sent.id} (${expected.kind}, ${key})`, [key, `${sent.source}\n${sent.id}`]);
  }

  /** An effect under a key that no accepted event explains. Where the case has shown the same before, it is that one a second time. */
  #phantom(effect: Effect, refused: boolean): void {
    if (refused) this.#findings.add('unexplained', effect.projectNo, 'effect-of-a-refused-event', effect.key, [effect.key]);
    else if (this.#book.of(effect.projectNo).receiptStatus === null) this.#findings.add('unexplained', effect.projectNo, 'no-such-case', effect.key, [effect.key]);
    else {
      if (effect.updateSequence !== null) this.#book.of(effect.projectNo).phantomUpdates += 1;
      this.#findings.add('duplicated', effect.projectNo, 'key-without-a-cause', `${effect.key} ${effect.kind}`, [effect.key]);
    }
  }
}
