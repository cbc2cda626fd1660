import { kindOfParty, OPENING, TRANSITIONS, type EventType, type Party, type TransferIntent } from '#contracts';

interface Road {
  readonly event: EventType;
  readonly senders: readonly string[];
  readonly transfers: readonly TransferIntent[];
}

const ROADS: readonly Road[] = [OPENING, ...TRANSITIONS];

/** Whether the lifecycle knows any road on which an event of this type, from this sender, causes a transfer towards `to`. */
export function causesTransfer(type: EventType, sender: Party, to: 'centre' | 'hall'): boolean {
  const kind = kindOfParty(sender);
  return ROADS.some(({ event, senders, transfers }) => event === type && senders.includes(kind) && transfers.some((transfer) => transfer.to === to));
}
