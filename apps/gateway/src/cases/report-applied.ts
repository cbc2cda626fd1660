import type { Logger } from '#runtime';
import { eventsTotal, transfersTotal } from '../gateway.metrics.ts';
import type { AppliedBatch } from './apply-events.ts';
import type { JudgedEvent } from './batch-memory.ts';

/** Counts what a committed batch came to and logs what a person may have to look at: by ids, never by content. */
export function reportApplied(applied: AppliedBatch, logger: Logger): void {
  for (const judged of [...applied.judged, ...applied.unparked]) reportEvent(judged, logger);
  for (const { arrived, sameBody, echo } of applied.duplicates) {
    if (!echo) eventsTotal.inc({ type: arrived.event.type, outcome: sameBody ? 'suppressed' : 'conflicting' });
    if (sameBody) continue;
    logger.error(
      { event: 'id-reused', eventId: arrived.event.id, source: arrived.event.source, projectNo: arrived.projectNo, traceId: arrived.traceId },
      'ALARM: an event id came again with another body; the first stands',
    );
  }
  for (const { destination, kind, status, id, projectNo, traceId } of applied.transfers) {
    transfersTotal.inc({ destination, kind });
    if (status === 'failed') logger.error({ event: 'not-translatable', transferId: id, projectNo, traceId }, 'transfer failed: it has no translation');
  }
}

function reportEvent({ arrived, verdict }: JudgedEvent, logger: Logger): void {
  const { event, projectNo, traceId } = arrived;
  eventsTotal.inc({ type: event.type, outcome: verdict.outcome });
  const fields = { event: `event-${verdict.outcome}`, type: event.type, eventId: event.id, projectNo, traceId, code: verdict.code ?? undefined };
  if (verdict.outcome === 'refused') logger.warn(fields, 'event refused');
  else if (verdict.outcome === 'applied') logger.debug(fields, 'event applied');
  else logger.info(fields, `event ${verdict.outcome}`);
}
