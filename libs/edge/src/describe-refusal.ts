import { hash } from 'node:crypto';
import type { DoorRefusal } from '#contracts';
import { isEventType } from './check-authority.ts';
import type { DoorError } from './door-error.ts';
import { isRecord } from './signing-keys.ts';
import type { Sender } from './verify-signature.ts';

const EVENT_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const PROJECT_NO = /^[A-Za-z0-9-]{1,50}$/;

/** The record of a refusal. Ids are copied only when they have the form of an id, so that no stray text of a body gets into the ledger. */
export function describeRefusal(
  app: DoorRefusal['app'], request: { path: string; body: Buffer }, sender: Sender | null, error: DoorError, value: unknown,
): Omit<DoorRefusal, 'refusalId' | 'at'> {
  const event = isRecord(value) ? value : {};
  return {
    app,
    path: request.path,
    party: sender?.party ?? null,
    keyId: sender?.keyId ?? null,
    status: error.status,
    code: error.code,
    problems: error.details.problems ?? [],
    eventId: matching(event['id'], EVENT_ID),
    eventType: isEventType(event['type']) ? event['type'] : null,
    projectNo: matching(event['subject'], PROJECT_NO),
    bodyBytes: request.body.length,
    bodyDigest: request.body.length === 0 ? null : hash('sha256', request.body, 'hex'),
  };
}

function matching(value: unknown, form: RegExp): string | null {
  return typeof value === 'string' && form.test(value) ? value : null;
}
