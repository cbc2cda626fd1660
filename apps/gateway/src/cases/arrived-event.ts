import { EVENT_TYPES } from '#contracts';
import type { IncomingMessage } from '#bus';
import type { EventType, JiujinEvent, Party } from '#contracts';
import { traceIdOf } from '#runtime';

/** An event as it reached the gateway: what was said, and what the door proved about it. */
export interface ArrivedEvent {
  readonly event: JiujinEvent;
  readonly party: Party;
  /** What it is ordered and locked by: the project number, or `grant:<grantId>`. */
  readonly orderKey: string;
  readonly projectNo: string | null;
  /** RFC 3339: when the door took it. */
  readonly doorAt: string;
  /** When the ledger recorded it; `null` for one that only comes now. */
  readonly recordedAt: Date | null;
  readonly digest: string;
  /** The event as it came over the bus, sealed already; `null` for one that did not. */
  readonly sealed: IncomingMessage['sealed'] | null;
  readonly traceId: string | null;
  /** Whether its message may have been worked on before: what followed from it may have been cut short, and it says nothing against its sender. */
  readonly again: boolean;
  /** Whether the bridge itself published it once more, out of a journal or a dead letter. */
  readonly republished: boolean;
}

/** The message holds no event the gateway could apply; the text names what is missing, never a value. */
export class UnreadableEventError extends Error {
  override readonly name = 'UnreadableEventError';
}

/** Header of a message that the bridge publishes once more; its value says out of what. */
export const REPUBLISHED_HEADER = 'x-republished';

const PARTY = /^(?:hall:\d{6}|centre|bureau|bridge)$/;

/**
 * Reads an event off the bus. The doors have validated every field; here only what the gateway itself leans on is asked for, so that
 * a message from somewhere else is a dead letter and not a broken batch. Throws {@link UnreadableEventError}.
 *
 * @param tried whether this process has worked on this very message before
 */
export function readArrived(message: IncomingMessage<unknown>, tried: boolean): ArrivedEvent {
  const event = readEvent(message.body);
  const party = header(message, 'x-party');
  if (!isParty(party)) throw new UnreadableEventError('header x-party names no party');
  const republished = message.headers[REPUBLISHED_HEADER] !== undefined;
  return {
    event,
    party,
    ...orderOf(event),
    doorAt: header(message, 'x-door-at'),
    recordedAt: null,
    digest: header(message, 'x-digest'),
    sealed: message.sealed ?? null,
    traceId: traceIdOf(message.headers['traceparent'] ?? event.traceparent),
    again: tried || republished || message.deliveryCount > 0,
    republished,
  };
}

/** What makes an event one and the same, as a key: who said it, under which id. */
export function eventKey({ source, id }: { readonly source: string; readonly id: string }): string {
  return `${source}\n${id}`;
}

/** The order key of an event, and its project number when it has one. */
export function orderOf(event: JiujinEvent): { orderKey: string; projectNo: string | null } {
  switch (event.type) {
    case 'permission.granted':
    case 'permission.revoked':
      return { orderKey: `grant:${event.data.grantId}`, projectNo: null };
    default:
      return { orderKey: event.subject, projectNo: event.subject };
  }
}

function readEvent(body: unknown): JiujinEvent {
  if (!isRecord(body)) throw new UnreadableEventError('the body is no object');
  for (const name of ['id', 'source', 'type', 'time']) {
    if (typeof body[name] !== 'string') throw new UnreadableEventError(`${name} is missing`);
  }
  if (!isEventType(body['type'])) throw new UnreadableEventError('type is no event type');
  if (!isRecord(body['data'])) throw new UnreadableEventError('data is missing');
  const ordered = body['type'].startsWith('permission.') ? body['data']['grantId'] : body['subject'];
  if (typeof ordered !== 'string' || ordered === '') throw new UnreadableEventError('neither a case nor a grant is named');
  return body as unknown as JiujinEvent;
}

function header(message: IncomingMessage<unknown>, name: string): string {
  const value = message.headers[name];
  if (value === undefined || value === '') throw new UnreadableEventError(`header ${name} is missing`);
  return value;
}

function isParty(text: string): text is Party {
  return PARTY.test(text);
}

function isEventType(value: unknown): value is EventType {
  return typeof value === 'string' && Object.hasOwn(EVENT_TYPES, value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
