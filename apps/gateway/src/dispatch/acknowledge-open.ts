import { hash } from 'node:crypto';
import { isCanary } from '#contracts';
import type { DeliveryReceipt, JiujinEventOf } from '#contracts';
import type { ArrivedEvent } from '../cases/arrived-event.ts';

/**
 * The event 送达确认 that the bridge itself says when the centre took the work item that opens a case. Its id follows from the transfer,
 * so it can be said once only.
 */
export function acknowledgementOf(receipt: DeliveryReceipt, traceId: string | null): ArrivedEvent {
  const event: JiujinEventOf<'case.delivery.acknowledged'> = {
    specversion: '1.0',
    id: `ack.${receipt.transferId}`,
    source: '/bridge',
    type: 'case.delivery.acknowledged',
    subject: receipt.projectNo,
    time: receipt.finishedAt,
    schemaversion: '1.0',
    dataversion: 1,
    ...(isCanary(receipt.projectNo) ? { canary: true } : {}),
    data: { operator: { id: 'bridge', name: '就近办桥接' }, acknowledgedAt: receipt.finishedAt },
  };
  return {
    event, party: 'bridge', orderKey: receipt.projectNo, projectNo: receipt.projectNo, doorAt: receipt.finishedAt, recordedAt: null, sealed: null,
    digest: hash('sha256', JSON.stringify(event), 'hex'), traceId, again: false, republished: false,
  };
}
