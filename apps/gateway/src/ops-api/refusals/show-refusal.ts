import { EVENT_TYPES } from '#contracts';
import type { EventType } from '#contracts';
import { beijingTime } from '../beijing-time.ts';
import { scrubbed, scrubbedOrNull, wordFromOutside } from '../personal-numbers.ts';
import type { DoorRefusalRow } from '../queries/list-door-refusals.ts';
import type { UnappliedEventRow } from '../queries/list-unapplied-events.ts';
import { partyZh } from '../words.ts';
import type { RefusalAnswer } from './refusal.answer.ts';

const PROJECT_NO = /^[A-Za-z0-9-]{1,50}$/;
const REFERENCE = /^[A-Za-z0-9._:-]{1,64}$/;
const DIGEST = /^[0-9a-f]{64}$/;
const MAX_PATH = 200;

/** A refusal at a door. Its ids were written by a sender who may be anybody, so they are shown only in the form they should have. */
export function showDoorRefusal(row: DoorRefusalRow): RefusalAnswer {
  return {
    refusedBy: 'door',
    refusalId: row.refusal_id,
    recordedAt: beijingTime(row.recorded_at), doorAt: beijingTime(row.at),
    code: row.code, reasonZh: null,
    problems: row.problems.map(({ field, rule, zh, en }) => ({ field: scrubbed(field), rule, zh: scrubbed(zh), en: scrubbed(en) })),
    sender: row.party, senderZh: row.party === null ? null : partyZh(row.party),
    app: row.app, path: pathOf(row.path), keyId: wordFromOutside(row.key_id, REFERENCE), httpStatus: row.status,
    eventId: wordFromOutside(row.event_id, REFERENCE),
    ...typeOf(row.event_type),
    projectNo: wordFromOutside(row.project_no, PROJECT_NO),
    bodyBytes: row.body_bytes, bodyDigest: row.body_digest !== null && DIGEST.test(row.body_digest) ? row.body_digest : null,
  };
}

/** An event that passed its door and that the rules of the case then refused. */
export function showRefusedEvent(row: UnappliedEventRow): RefusalAnswer {
  return {
    refusedBy: 'lifecycle',
    refusalId: `event-${row.seq}`,
    recordedAt: beijingTime(row.recorded_at), doorAt: beijingTime(row.door_at),
    code: row.outcome_code ?? 'unknown', reasonZh: scrubbedOrNull(row.outcome_zh),
    problems: [],
    sender: row.party, senderZh: partyZh(row.party),
    app: null, path: null, keyId: null, httpStatus: null,
    eventId: row.event_id,
    ...typeOf(row.type),
    projectNo: row.project_no,
    bodyBytes: null, bodyDigest: null,
  };
}

/** The path alone: a query string is not ours, and may hold anything. */
function pathOf(path: string): string {
  return scrubbed(path.split('?', 1)[0] ?? '').slice(0, MAX_PATH);
}

function typeOf(type: string | null): Pick<RefusalAnswer, 'eventType' | 'eventTypeZh'> {
  const known = type !== null && Object.hasOwn(EVENT_TYPES, type);
  return known ? { eventType: type, eventTypeZh: EVENT_TYPES[type as EventType].zh } : { eventType: null, eventTypeZh: null };
}
