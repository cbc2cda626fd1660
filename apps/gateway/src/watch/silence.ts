import type { Destination } from '#contracts';
import type { ConditionName } from './conditions.ts';

/** What an alert is about. */
interface About {
  readonly condition: string;
  readonly subject: string;
}

/** A downtime that is going on. */
export interface RunningPlan {
  readonly id: string;
  readonly destination: Destination;
  readonly ends_at: Date;
}

/** Why nobody need be told of an alert now (不通知): a person muted it, or its receiver is down as planned. It stays visible all the same. */
export type Silence = 'muted' | 'maintenance';

/** What follows from a receiver that is down, and from channels that are held because of it. What failed is not among it: that calls for a person. */
const OF_DOWNTIME: ReadonlySet<string> = new Set<ConditionName>([
  'circuit-open', 'receipts-overdue', 'orders-unpublished', 'retries-overdue', 'channel-paused', 'canary-late',
]);

/** The running downtime that explains an alert; undefined when none does. */
export function planBehind<Plan extends RunningPlan>({ condition, subject }: About, plans: readonly Plan[]): Plan | undefined {
  if (!OF_DOWNTIME.has(condition)) return undefined;
  const destination = destinationOf(subject);
  // A canary goes to the centre and back to its hall: either may be away.
  return plans.find((plan) => plan.destination === destination || (condition === 'canary-late' && plan.destination === 'centre'));
}

/** Why nobody need be told of an alert; null when somebody must be. */
export function silenceOf(alert: About, mutes: readonly About[], plans: readonly RunningPlan[]): Silence | null {
  if (mutes.some(({ condition, subject }) => condition === alert.condition && subject === alert.subject)) return 'muted';
  return planBehind(alert, plans) === undefined ? null : 'maintenance';
}

/** Where the transfers of a channel go; every other subject is as it is. */
function destinationOf(subject: string): string {
  if (subject.startsWith('intake:')) return 'centre';
  return subject.startsWith('completion:') ? `hall:${subject.slice('completion:'.length)}` : subject;
}
