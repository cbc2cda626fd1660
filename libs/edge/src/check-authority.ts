import { EVENT_TYPES, kindOfParty, maySend, type EventType, type Party } from '#contracts';
import { DoorError } from './door-error.ts';

/** The `source` a party's events carry: `/halls/410204`, `/centre`, `/bureau`, `/bridge`. */
export function sourceOfParty(party: Party): string {
  return party.startsWith('hall:') ? `/halls/${party.slice('hall:'.length)}` : `/${party}`;
}

/** Throws `wrong-hall` or `not-your-event` unless the proven sender is the party this door is for. */
export function checkDoor(sender: Party, door: Party): void {
  if (sender === door) return;
  throw new DoorError(kindOfParty(door) === 'hall' && kindOfParty(sender) === 'hall' ? 'wrong-hall' : 'not-your-event');
}

/**
 * Throws unless the sender has the authority for this event: its own source, and a type its kind may send.
 * An unknown type passes: it is a broken contract, which the validation names.
 */
export function checkAuthority(sender: Party, event: { readonly source: unknown; readonly type: unknown }): void {
  if (event.source !== sourceOfParty(sender)) {
    throw new DoorError('not-your-event', {
      en: `source must be ${sourceOfParty(sender)}, the proven sender`,
      zh: `source 必须是已验证的发送方 ${sourceOfParty(sender)}`,
    });
  }
  const { type } = event;
  if (isEventType(type) && !maySend(kindOfParty(sender), type)) {
    throw new DoorError('not-your-event', {
      en: `${type} is not for this sender to send`,
      zh: `该发送方无权发送“${EVENT_TYPES[type].zh}”（${type}）`,
    });
  }
}

/** Whether a value names an event of the catalogue. */
export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(EVENT_TYPES, type);
}
