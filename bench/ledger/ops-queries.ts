/** A question of an operator. */
export interface Question {
  readonly path: string;
  /** With a body it is posted. */
  readonly body?: object;
}

/** What is known of a filled ledger: enough to ask for what is there, and for what is rare. */
export interface LedgerFacts {
  /** Cases that were made are numbered from 0 up to this, exclusive. */
  readonly cases: number;
  /** The hall of every sample: case number i is of the hall of sample i modulo their count. */
  readonly halls: readonly string[];
  readonly items: readonly string[];
  /** Certificate numbers of applicants with many cases. */
  readonly known: readonly string[];
  /** When the first and the last made case came. */
  readonly from: Date;
  readonly to: Date;
}

/** Something that chooses: a number from 0 (inclusive) to 1. */
export type Chance = () => number;

type Asking = (facts: LedgerFacts, chance: Chance) => Question;

/** The number of a made case; `clone-columns.ts` makes it in the same way. */
export function madeNumber(hall: string, index: number): string {
  return `${hall}-4711-ledger-${String(index).padStart(9, '0')}`;
}

function pick<T>(values: readonly T[], chance: Chance): T {
  const value = values[Math.floor(chance() * values.length)];
  if (value === undefined) throw new Error('nothing to choose from');
  return value;
}

function anyCase({ cases, halls }: LedgerFacts, chance: Chance): string {
  const index = Math.floor(chance() * cases);
  return madeNumber(halls[index % halls.length] ?? '', index);
}

function anyDay({ from, to }: LedgerFacts, chance: Chance): string {
  return new Date(from.getTime() + chance() * (to.getTime() - from.getTime())).toISOString().slice(0, 10);
}

const ASKED_BY_PHONE = '申请人来电询问';

const cases = (filter: string): string => `/api/cases?limit=50${filter === '' ? '' : `&${filter}`}`;
const transfers = (filter: string): string => `/api/transfers?limit=50${filter === '' ? '' : `&${filter}`}`;

/**
 * What operators may ask, the hard ones above all: filters that match little or nothing of a large ledger, several at once, far back in time, and beginnings
 * of numbers that match a quarter of all.
 */
export const SEARCHES: Readonly<Record<string, Asking>> = {
  'newest cases': () => ({ path: cases('') }),
  'cases of a hall and status': ({ halls }, chance) => ({ path: cases(`hall=${pick(halls, chance)}&status=PENDING_ACCEPTANCE`) }),
  'cases of a hall, item and rare status': ({ halls, items }, chance) => ({ path: cases(`hall=${pick(halls, chance)}&item=${pick(items, chance)}&status=SUSPENDED`) }),
  'cases of a hall and item on a day': (facts, chance) => {
    const day = anyDay(facts, chance);
    return { path: cases(`hall=${pick(facts.halls, chance)}&item=${pick(facts.items, chance)}&from=${day}&to=${day}`) };
  },
  'a full page of a day': (facts, chance) => ({ path: `/api/cases?limit=200&to=${anyDay(facts, chance)}` }),
  'cases with a failed delivery': () => ({ path: cases('deliveryStatus=FAILED') }),
  'cases of a hall and item with a failed delivery': ({ halls, items }, chance) => ({ path: cases(`hall=${pick(halls, chance)}&item=${pick(items, chance)}&deliveryStatus=FAILED`) }),
  'cases under way': () => ({ path: cases('deliveryStatus=SENT') }),
  'cases whose delivery was given up': () => ({ path: cases('deliveryStatus=DEAD') }),
  'cases without any delivery': () => ({ path: cases('deliveryStatus=NONE') }),
  'a case by its number': (facts, chance) => ({ path: cases(`q=${anyCase(facts, chance)}`) }),
  'cases by a long beginning': (facts, chance) => ({ path: cases(`q=${anyCase(facts, chance).slice(0, -2)}`) }),
  'cases by a hall\'s beginning': ({ halls }, chance) => ({ path: cases(`q=${pick(halls, chance)}`) }),
  'cases by a beginning that none has': ({ halls }, chance) => ({ path: cases(`q=${pick(halls, chance)}-4712`) }),
  'cases by a beginning, of a status': (facts, chance) => ({ path: cases(`q=${anyCase(facts, chance).slice(0, -4)}&status=PENDING_ACCEPTANCE`) }),
  'a person\'s cases': ({ known }, chance) => ({ path: '/api/cases/search-by-identity', body: { certNo: pick(known, chance), reason: ASKED_BY_PHONE } }),
  'a person without a case': (_, chance) => ({ path: '/api/cases/search-by-identity', body: { certNo: `NOBODY${Math.floor(chance() * 1e9)}`, reason: ASKED_BY_PHONE } }),
  'newest transfers': () => ({ path: transfers('') }),
  'failed transfers': () => ({ path: transfers('status=failed') }),
  'failed transfers of a hall and kind': ({ halls }, chance) => ({ path: transfers(`status=failed&destination=hall:${pick(halls, chance)}&kind=result`) }),
  'transfers of a hall on a day': (facts, chance) => {
    const day = anyDay(facts, chance);
    return { path: transfers(`destination=hall:${pick(facts.halls, chance)}&from=${day}&to=${day}`) };
  },
  'transfers of a kind that is rare': () => ({ path: transfers('kind=void') }),
  'transfers that were given up': () => ({ path: transfers('status=discarded') }),
  'transfers with an error': () => ({ path: transfers('errorCode=http-422') }),
  'transfers with an error that none has': () => ({ path: transfers('errorWord=technical') }),
  'transfers of a case': (facts, chance) => ({ path: transfers(`projectNo=${anyCase(facts, chance)}`) }),
  'cases by a search text': ({ halls }, chance) => ({ path: cases(`q=${encodeURIComponent(`厅:${pick(halls, chance)} 投递:失败`)}`) }),
  'transfers by a search text': ({ halls }, chance) => ({ path: transfers(`q=${encodeURIComponent(`状态:failed 目的地:${pick(halls, chance)}`)}`) }),
  'refusals': () => ({ path: '/api/refusals' }),
  'waiting events': () => ({ path: '/api/waiting-events' }),
  'suppressed duplicates': () => ({ path: '/api/duplicates' }),
  'failure groups': () => ({ path: '/api/failure-groups' }),
  'operations': () => ({ path: '/api/operations' }),
  'alerts': () => ({ path: '/api/alerts?open=true' }),
  'channels': () => ({ path: '/api/channels' }),
  'queues': () => ({ path: '/api/queues' }),
  'retry ladder': () => ({ path: '/api/retry-ladder' }),
  'forecast': () => ({ path: '/api/forecast' }),
  'shift note': () => ({ path: '/api/shifts/note?hours=12' }),
  'reconciliation of a day': (facts, chance) => ({ path: `/api/reconciliation/${anyDay(facts, chance)}` }),
  'reconciliation of thirty days': (facts) => ({ path: `/api/reconciliation?to=${facts.to.toISOString().slice(0, 10)}` }),
  'summary of a day': (facts) => ({ path: `/api/summary?from=${facts.to.toISOString().slice(0, 10)}` }),
};

/** One case with everything that happened to it. */
export const TIMELINE: Asking = (facts, chance) => ({ path: `/api/cases/${anyCase(facts, chance)}` });
