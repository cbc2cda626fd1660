/** Who may say a thing. A party is proven by its signing key, never by what a message claims. */
export const PARTY_KINDS = ['hall', 'centre', 'bureau', 'bridge'] as const;
export type PartyKind = (typeof PARTY_KINDS)[number];

/**
 * Every event that travels over the bridge, with its Chinese name and the kinds of party that may send it.
 * Authority is data: a hall receives, the centre decides, the bureau grants and voids, and nobody else.
 */
export const EVENT_TYPES = {
  'case.received': { zh: '收件', senders: ['hall'] },
  'case.supplement.submitted': { zh: '补正收件', senders: ['hall'] },
  'case.withdrawn': { zh: '撤回', senders: ['hall', 'centre'] },
  'case.corrected': { zh: '数据更正', senders: ['hall', 'centre'] },
  'case.delivery.acknowledged': { zh: '送达确认', senders: ['centre', 'bridge'] },
  'case.accepted': { zh: '受理', senders: ['centre'] },
  'case.supplement.required': { zh: '补正告知', senders: ['centre'] },
  'case.returned': { zh: '退件', senders: ['centre'] },
  'case.step.recorded': { zh: '审核环节', senders: ['centre'] },
  'case.suspended': { zh: '特别程序开始', senders: ['centre'] },
  'case.resumed': { zh: '特别程序结束', senders: ['centre'] },
  'case.decided': { zh: '审核决定', senders: ['centre'] },
  'case.completed': { zh: '办结', senders: ['centre'] },
  'case.voided': { zh: '作废', senders: ['bureau'] },
  'paper.received': { zh: '纸质收取', senders: ['hall'] },
  'paper.handedOver': { zh: '纸质交接', senders: ['hall', 'centre'] },
  'paper.returnedToApplicant': { zh: '纸质退还', senders: ['hall'] },
  'paper.discrepancy': { zh: '纸质差异', senders: ['hall', 'centre'] },
  'permission.granted': { zh: '收件权限开通', senders: ['bureau'] },
  'permission.revoked': { zh: '收件权限收回', senders: ['bureau'] },
} as const satisfies Record<string, { zh: string; senders: readonly PartyKind[] }>;

export type EventType = keyof typeof EVENT_TYPES;

/** `hall:410204`, `centre`, `bureau` or `bridge`: the proven sender or the receiver of a message. */
export type Party = `hall:${string}` | 'centre' | 'bureau' | 'bridge';

/** The kind of a party, without the hall's code. */
export function kindOfParty(party: Party): PartyKind {
  return party.startsWith('hall:') ? 'hall' : (party as Exclude<Party, `hall:${string}`>);
}

/** The hall's code of a hall, `null` for every other party. */
export function hallCodeOfParty(party: Party): string | null {
  return party.startsWith('hall:') ? party.slice('hall:'.length) : null;
}

/** Whether this kind of party has the authority to send this type of event at all. */
export function maySend(kind: PartyKind, type: EventType): boolean {
  const senders: readonly PartyKind[] = EVENT_TYPES[type].senders;
  return senders.includes(kind);
}
