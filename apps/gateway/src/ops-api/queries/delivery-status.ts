import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { DeliveryStatus } from '../words.ts';

const some = (statuses: RawBuilder<unknown>, row = 'cases'): RawBuilder<boolean> =>
  sql<boolean>`exists (select from transfers t where t.project_no = ${sql.ref(`${row}.project_no`)} and t.status in (${statuses}))`;

/** Whether something of the case in this row is not delivered yet. Index: transfers_undelivered. */
export const hasUndelivered = (row: string): RawBuilder<boolean> => some(sql`'held', 'in_flight', 'retry_wait', 'failed'`, row);

/** Whether something of the case in this row was given up. Index: transfers_discarded_case. */
export const hasDiscarded = (row: string): RawBuilder<boolean> => some(sql`'discarded'`, row);

/**
 * The delivery status of the case in the row `cases`. Whatever is not delivered stands in the partial indexes of undelivered and of discarded transfers: the
 * transfers of a case, which lie far apart in a large ledger, need not be read.
 */
export const deliveryStatus: RawBuilder<DeliveryStatus> = sql<DeliveryStatus>`coalesce((
  select case
    when bool_or(t.status = 'failed') then 'FAILED'
    when bool_or(t.status in ('in_flight', 'retry_wait')) then 'SENT'
    when bool_or(t.status = 'held') then 'QUEUED' end
  from transfers t where t.project_no = cases.project_no and t.status in ('held', 'in_flight', 'retry_wait', 'failed')
), case
  when cases.transfer_count = 0 then 'NONE'
  when ${hasDiscarded('cases')} then 'DEAD'
  else 'ACKED' end)`;

const FAILED = some(sql`'failed'`);
const UNDER_WAY = some(sql`'in_flight', 'retry_wait'`);
const HELD = some(sql`'held'`);
const OPEN = hasUndelivered('cases');
const DISCARDED = hasDiscarded('cases');
const DELIVERED = some(sql`'delivered'`);

/**
 * The same rule as {@link deliveryStatus}, as a condition. Written with `exists` so that the rare statuses (failed, under way, held)
 * are found from the partial indexes of undelivered and of discarded transfers, not by working out the status of every case.
 */
const DELIVERY_CONDITIONS: Readonly<Record<DeliveryStatus, RawBuilder<boolean>>> = {
  FAILED,
  SENT: sql<boolean>`${UNDER_WAY} and not ${FAILED}`,
  QUEUED: sql<boolean>`${HELD} and not ${FAILED} and not ${UNDER_WAY}`,
  DEAD: sql<boolean>`${DISCARDED} and not ${OPEN}`,
  ACKED: sql<boolean>`${DELIVERED} and not ${OPEN} and not ${DISCARDED}`,
  NONE: sql<boolean>`cases.transfer_count = 0`,
};

/** Transfers that decide a status, as the two partial indexes have them. */
const UNDELIVERED: Readonly<Partial<Record<DeliveryStatus, string>>> = { FAILED: "'failed'", SENT: "'in_flight', 'retry_wait'", QUEUED: "'held'" };

/**
 * Whether the case in the row `cases` has one of these delivery statuses. Of several, the cases that could have one are found first, from the partial indexes of
 * what is not delivered: an "or" alone would be worked out for every case there is. Delivered is what nearly all are, and needs no help.
 */
export function deliveryIs(statuses: readonly DeliveryStatus[]): RawBuilder<boolean> {
  const [only, ...others] = statuses;
  if (only !== undefined && others.length === 0) return DELIVERY_CONDITIONS[only];
  const any = sql<boolean>`(${sql.join(statuses.map((status) => DELIVERY_CONDITIONS[status]), sql` or `)})`;
  return statuses.includes('ACKED') ? any : sql<boolean>`cases.project_no in (${sql.join(candidates(statuses), sql` union all `)}) and ${any}`;
}

function candidates(statuses: readonly DeliveryStatus[]): RawBuilder<unknown>[] {
  const undelivered = statuses.flatMap((status) => UNDELIVERED[status] ?? []);
  return [
    ...(undelivered.length === 0 ? [] : [sql`select t.project_no from transfers t where t.status in (${sql.raw(undelivered.join(', '))})`]),
    ...(statuses.includes('DEAD') ? [sql`select t.project_no from transfers t where t.status = 'discarded'`] : []),
    ...(statuses.includes('NONE') ? [sql`select c.project_no from cases c where c.transfer_count = 0`] : []),
  ];
}
