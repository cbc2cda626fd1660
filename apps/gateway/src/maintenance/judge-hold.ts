import type { PauseRow } from '../ledger/channel-rows.ts';

/** What a downtime wants of one of its channels: to hold it, to hold it until another moment, to let it go, or nothing. */
export type HoldStep = 'pause' | 'move-end' | 'release' | 'none';

/** As far as it counts here. */
export interface PlanTimes {
  readonly state: 'planned' | 'running' | 'ended' | 'cancelled';
  readonly starts_at: Date;
  readonly ends_at: Date;
}

type Pause = Pick<PauseRow, 'holds' | 'paused' | 'until' | 'resumed_at' | 'version'>;

/**
 * What is to be done about one channel of a plan. `taken`: the version of the pause by which the plan held it last; null when it never has.
 * A channel that a person holds is left to them, and one that a person let go during the downtime is not held again, whoever held it: whoever does
 * that knows better. A pause that only ran out of time (its plan was prolonged, or a person's own pause was shorter) is taken up again.
 */
export function judgeHold(plan: PlanTimes, taken: number | null, pause: Pause | undefined): HoldStep {
  if (pause?.holds === true) return pause.version === taken ? ofOurs(plan, pause) : 'none';
  if (plan.state !== 'running') return 'none';
  return (taken === null ? letGoDuring(plan, pause) : letGoSince(taken, pause)) ? 'none' : 'pause';
}

/** What is to be done about a pause that is the plan's own and still holds. */
function ofOurs({ state, ends_at }: PlanTimes, { until }: Pause): HoldStep {
  if (state !== 'running') return 'release';
  return until?.getTime() === ends_at.getTime() ? 'none' : 'move-end';
}

/** Whether a person ended a pause of theirs after the downtime had begun. */
function letGoDuring({ starts_at }: PlanTimes, pause: Pause | undefined): boolean {
  return pause !== undefined && !pause.paused && pause.resumed_at !== null && pause.resumed_at >= starts_at && !ranOut(pause);
}

/** Whether a person has ended, or ended and begun anew, the pause under which the plan held the channel. */
function letGoSince(taken: number, pause: Pause | undefined): boolean {
  return pause?.version !== taken && !(pause?.version === taken + 1 && ranOut(pause));
}

/** Whether a pause ended by its time, and nobody has done anything since. */
function ranOut({ paused, until, resumed_at }: Pause): boolean {
  return !paused && until !== null && until.getTime() === resumed_at?.getTime();
}
