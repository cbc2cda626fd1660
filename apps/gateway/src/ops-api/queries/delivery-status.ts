import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { DeliveryStatus } from '../words.ts';

/** The delivery status of the case in the row `cases`, worked out from its few transfers. */
export const deliveryStatus: RawBuilder<DeliveryStatus> = sql<DeliveryStatus>`(
  select case
    when count(*) = 0 then 'NONE'
    when bool_or(t.status = 'failed') then 'FAILED'
    when bool_or(t.status in ('in_flight', 'retry_wait')) then 'SENT'
    when bool_or(t.status = 'held') then 'QUEUED'
    when bool_or(t.status = 'discarded') then 'DEAD'
    else 'ACKED' end
  from transfers t where t.project_no = cases.project_no)`;

const some = (statuses: RawBuilder<unknown>): RawBuilder<boolean> =>
  sql<boolean>`exists (select from transfers t where t.project_no = cases.project_no and t.status in (${statuses}))`;

const FAILED = some(sql`'failed'`);
const UNDER_WAY = some(sql`'in_flight', 'retry_wait'`);
const HELD = some(sql`'held'`);
const OPEN = some(sql`'held', 'in_flight', 'retry_wait', 'failed'`);
const DISCARDED = some(sql`'discarded'`);
const DELIVERED = some(sql`'delivered'`);

/**
 * The same rule as {@link deliveryStatus}, as a condition. Written with `exists` so that the rare statuses (failed, under way, held)
 * are found from the partial indexes of undelivered and of discarded transfers, not by working out the status of every case.
 */
export const DELIVERY_CONDITIONS: Readonly<Record<DeliveryStatus, RawBuilder<boolean>>> = {
  FAILED,
  SENT: sql<boolean>`${UNDER_WAY} and not ${FAILED}`,
  QUEUED: sql<boolean>`${HELD} and not ${FAILED} and not ${UNDER_WAY}`,
  DEAD: sql<boolean>`${DISCARDED} and not ${OPEN}`,
  ACKED: sql<boolean>`${DELIVERED} and not ${OPEN} and not ${DISCARDED}`,
  NONE: sql<boolean>`cases.transfer_count = 0`,
};
