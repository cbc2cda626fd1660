/** A channel as it is now. */
export interface ChannelLoad {
  /** Transfers that wait or are out. */
  readonly waiting: number;
  readonly inPerMinute: number;
  readonly outPerMinute: number;
  /** What it does in a busy minute; null when that is not known. */
  readonly busiestMinute: number | null;
  /** Null while it is open; the end of its pause, or when its hours begin, or `for-good` while nobody has said when. */
  readonly pausedUntil: Date | 'for-good' | null;
  readonly cases: readonly LoadedCase[];
}

export interface LoadedCase {
  readonly position: number;
  readonly dueAt: Date | null;
}

/** `clear`: nothing waits; `clearing`: it will be over; `growing`: more comes than goes; `standing`: nothing goes; `held`: paused, and nobody knows until when or how fast it will go. */
export type ForecastVerdict = 'clear' | 'clearing' | 'growing' | 'standing' | 'held';

export interface Forecast {
  readonly verdict: ForecastVerdict;
  /** When nothing of what waits is left, at this rate; null when that does not come. */
  readonly clearsAt: Date | null;
  /** Until when deadlines were looked at. */
  readonly horizon: Date;
  /** Cases whose deadline is over already. */
  readonly overdue: number;
  /** Cases whose deadline comes before their turn. */
  readonly breaches: number;
  readonly firstBreachAt: Date | null;
}

/** How far deadlines are looked at where nothing moves, or more comes than goes (ms). */
const HORIZON_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** A forecast further away than this says nothing (ms). */
const FARTHEST_MS = 30 * 24 * 3_600_000;

/**
 * When a channel's backlog is worked off at the present rate, and whose deadline comes first. A paused channel begins when its pause ends, at the
 * pace of its busiest minute lately. Each case is judged by its own place: who is at the front is not late because the queue is long.
 */
export function forecast(load: ChannelLoad, now: Date): Forecast {
  const start = load.pausedUntil instanceof Date && load.pausedUntil > now ? load.pausedUntil : now;
  const rate = load.pausedUntil === null ? load.outPerMinute : load.busiestMinute ?? 0;
  const { verdict, clearsAt } = judge(load, now, start, rate);
  const moves = load.pausedUntil !== 'for-good' && rate > 0;
  const horizon = clearsAt ?? new Date(now.getTime() + HORIZON_MS);
  const turn = (position: number): number => (moves ? start.getTime() + position / rate * MINUTE_MS : Number.POSITIVE_INFINITY);
  const late = load.cases.flatMap(({ position, dueAt }) => (dueAt !== null && dueAt > now && dueAt <= horizon && dueAt.getTime() < turn(position) ? [dueAt] : []));
  return {
    verdict, clearsAt, horizon,
    overdue: load.cases.filter(({ dueAt }) => dueAt !== null && dueAt <= now).length,
    breaches: late.length,
    firstBreachAt: late.toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null,
  };
}

function judge({ waiting, inPerMinute, pausedUntil }: ChannelLoad, now: Date, start: Date, rate: number): Pick<Forecast, 'verdict' | 'clearsAt'> {
  if (pausedUntil === 'for-good' || (pausedUntil !== null && rate === 0)) return { verdict: 'held', clearsAt: null };
  if (pausedUntil === null && waiting === 0) return { verdict: 'clear', clearsAt: now };
  if (rate === 0) return { verdict: 'standing', clearsAt: null };
  const atStart = waiting + inPerMinute * (start.getTime() - now.getTime()) / MINUTE_MS;
  const clearsAt = clearedAt(atStart, rate - inPerMinute, start, now);
  return clearsAt === null ? { verdict: 'growing', clearsAt } : { verdict: 'clearing', clearsAt };
}

/** Null when it takes for ever, or for so long that nobody can say. */
function clearedAt(waiting: number, perMinute: number, start: Date, now: Date): Date | null {
  if (perMinute <= 0) return null;
  const at = new Date(start.getTime() + Math.ceil(waiting / perMinute * MINUTE_MS));
  return at.getTime() - now.getTime() > FARTHEST_MS ? null : at;
}

/** What a planned downtime leaves behind, and when that is worked off. */
export interface CatchUp {
  /** Transfers that will wait at its end. */
  readonly waitingAtEnd: number;
  /** Null when the pace is not known, or more comes than goes. */
  readonly caughtUpAt: Date | null;
}

/** The catch-up after a downtime, over all channels that it holds together. */
export function catchUpAfter(loads: readonly Pick<ChannelLoad, 'waiting' | 'inPerMinute' | 'busiestMinute'>[], plan: { readonly from: Date; readonly to: Date }, now: Date): CatchUp {
  const running = plan.from <= now;
  const minutes = Math.max(0, plan.to.getTime() - (running ? now : plan.from).getTime()) / MINUTE_MS;
  const coming = loads.reduce((sum, { inPerMinute }) => sum + inPerMinute, 0);
  const pace = loads.reduce((sum, { busiestMinute }) => sum + (busiestMinute ?? 0), 0);
  const waiting = (running ? loads.reduce((sum, load) => sum + load.waiting, 0) : 0) + coming * minutes;
  return { waitingAtEnd: Math.round(waiting), caughtUpAt: pace === 0 ? null : clearedAt(waiting, pace - coming, plan.to, plan.to) };
}
