/** What the comparison remembers of a case: numbers and short lists, however much was said about it. */
export interface CaseNotes {
  readonly projectNo: string;
  itemCode: string;
  hall: string;
  /** Answer to the receipt: `null` while there is none. */
  receiptStatus: number | null;
  /** Result code shown at the hall. */
  shown: string | null;
  platformEnded: boolean;
  centreOpened: boolean;
  centreEnded: boolean;
  refusedEvents: number;
  /** Update numbers in order of arrival at the hall. */
  readonly updates: number[];
  /** [arrival at the hall, the centre's own number] of the updates that the centre caused. */
  readonly fromCentre: [number, number][];
  /** [arrival at the centre, order of sending] of the work items. */
  readonly toCentre: [number, number][];
  failedTransfers: number;
  receiptId: string;
  /** Updates that never arrived, and those that arrived without a cause, as far as they are already on the list. */
  lostUpdates: number;
  phantomUpdates: number;
}

/** Cases by project number, made as they are first spoken of. */
export class CaseBook {
  readonly cases = new Map<string, CaseNotes>();

  of(projectNo: string): CaseNotes {
    const known = this.cases.get(projectNo);
    if (known !== undefined) return known;
    const notes: CaseNotes = {
      projectNo, itemCode: '', hall: '', receiptStatus: null, shown: null, platformEnded: false, centreOpened: false, centreEnded: false,
      refusedEvents: 0, updates: [], fromCentre: [], toCentre: [], failedTransfers: 0,
      receiptId: '', lostUpdates: 0, phantomUpdates: 0,
    };
    this.cases.set(projectNo, notes);
    return notes;
  }
}

/** How many entries come after one that should have come later: each is one update that arrived out of its turn. */
export function countLate(order: readonly number[]): number {
  let highest = -Infinity;
  let late = 0;
  for (const number of order) {
    if (number < highest) late += 1;
    highest = Math.max(highest, number);
  }
  return late;
}

/** The numbers in order of arrival. */
export function inArrivalOrder(pairs: readonly (readonly [number, number])[]): number[] {
  return [...pairs].sort(([left], [right]) => left - right).map(([, number]) => number);
}

/** Numbers from 1 up to the highest that never arrived. */
export function missingNumbers(numbers: readonly number[]): number[] {
  const there = new Set(numbers);
  return Array.from({ length: Math.max(0, ...numbers) }, (_, at) => at + 1).filter((number) => !there.has(number));
}
