import { EVENT_TYPES, hallCodeOfParty, kindOfParty, maySend } from '../event-types.ts';
import { CASE_STATUSES } from './case-status.ts';
import { GUARDS } from './conditions.ts';
import type { CaseFacts, LifecycleDecision, LifecycleEvent, LifecyclePolicy } from './decision.ts';
import { brokenRule } from './event-rules.ts';
import { LIFECYCLE_CODES } from './lifecycle-codes.ts';
import type { LifecycleCode } from './lifecycle-codes.ts';
import { factsAfter, factsOfReceipt } from './next-facts.ts';
import { isOldVersion, placeOf, withNumberUsed } from './numbering.ts';
import { readingOf } from './reading.ts';
import { mayBecomeLegal, roadOf } from './roads.ts';
import { OPENING } from './transition-table.ts';
import type { Transition } from './transition-table.ts';

/**
 * The lifecycle of a case (办件): what becomes of this event in this case. Pure; `current` is `null` while the case is unknown.
 * The rules are the rows of {@link TRANSITIONS}; this function only reads them.
 *
 * Never throws for an event that passed the door. Authority is asked first and uses up no number of the sender's;
 * then the order of arrival, then what the event says, then the table.
 */
export function decide(current: CaseFacts | null, event: LifecycleEvent, policy: LifecyclePolicy): LifecycleDecision {
  const unauthorised = lacksAuthority(current, event);
  if (unauthorised) return words('refuse', unauthorised, event, current, null);
  if (current === null) return event.type === OPENING.event ? open(event) : words('park', 'case-unknown', event, current);
  const place = placeOf(event, current);
  if (place === 'gap') return words('park', 'sequence-gap', event, current);
  const repetition = repeats(event, current) ?? (place === 'repeated' ? 'old-sequence' : null);
  if (repetition) return words('ignore', repetition, event, current, withNumberUsed(current, event));
  return proceed(current, event, policy);
}

function lacksAuthority(current: CaseFacts | null, event: LifecycleEvent): LifecycleCode | null {
  if (event.type.startsWith('permission.')) return 'not-a-case-event';
  if (!maySend(kindOfParty(event.party), event.type)) return 'not-your-event';
  const hallCode = hallCodeOfParty(event.party);
  return current !== null && hallCode !== null && hallCode !== current.hallCode ? 'not-your-case' : null;
}

function open(event: LifecycleEvent): LifecycleDecision {
  const broken = brokenRule(event) ?? (event.sequence === null || event.sequence === 1 ? null : 'first-sequence-not-1');
  if (broken) return words('refuse', broken, event, null, null);
  return { kind: 'apply', next: factsOfReceipt(event, hallCodeOfParty(event.party) ?? ''), transfers: OPENING.transfers };
}

/** Events that say again what the case already knows. */
function repeats(event: LifecycleEvent, current: CaseFacts): LifecycleCode | null {
  if (event.type === 'case.received') return isSameReceipt(event, current) ? 'already-received' : null;
  if (event.type === 'case.delivery.acknowledged') return current.status === 'RECEIVED' ? null : 'already-acknowledged';
  return event.type === 'case.corrected' && isOldVersion(event, current) ? 'old-version' : null;
}

/** A second receipt under one number is a repetition only when it tells of the same moment; else two cases were given one number, which a person must see. */
function isSameReceipt(event: LifecycleEvent, current: CaseFacts): boolean {
  return isOldVersion(event, current) && Date.parse(readingOf(event).receivedAt ?? '') === Date.parse(current.receivedAt);
}

function proceed(current: CaseFacts, event: LifecycleEvent, policy: LifecyclePolicy): LifecycleDecision {
  const refuse = (code: LifecycleCode): LifecycleDecision => words('refuse', code, event, current, withNumberUsed(current, event));
  if (event.type === OPENING.event) return refuse('project-no-taken');
  const broken = brokenRule(event);
  if (broken) return refuse(broken);
  const road = roadOf(event, current, policy);
  if (typeof road === 'string') {
    return mayBecomeLegal(event, current, policy) ? words('park', 'too-early', event, current) : refuse(road);
  }
  const failed = failedGuard(road, event, current);
  if (failed) return refuse(failed);
  return { kind: 'apply', next: factsAfter(road, event, current), transfers: road.transfers };
}

function failedGuard(row: Transition, event: LifecycleEvent, facts: CaseFacts): LifecycleCode | null {
  for (const name of row.guard ?? []) {
    const code = GUARDS[name](event, facts);
    if (code) return code;
  }
  return null;
}

function words(kind: 'park', code: LifecycleCode, event: LifecycleEvent, current: CaseFacts | null): LifecycleDecision;
function words(kind: 'refuse' | 'ignore', code: LifecycleCode, event: LifecycleEvent, current: CaseFacts | null, next: CaseFacts | null): LifecycleDecision;
function words(kind: 'park' | 'refuse' | 'ignore', code: LifecycleCode, event: LifecycleEvent, current: CaseFacts | null, next: CaseFacts | null = null): LifecycleDecision {
  const status = current?.status ?? 'RECEIVED';
  const { zh, en } = LIFECYCLE_CODES[code];
  const said = {
    code,
    zh: zh.replace('{event}', EVENT_TYPES[event.type].zh).replace('{status}', CASE_STATUSES[status].zh),
    en: en.replace('{event}', event.type).replace('{status}', status),
  };
  return kind === 'park' ? { kind, ...said } : { kind, ...said, next };
}
