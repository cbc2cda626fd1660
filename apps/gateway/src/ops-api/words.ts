import { catalogue, hallCodeOfParty, kindOfParty, RECORD_KINDS, WORK_ITEM_KINDS } from '#contracts';
import type { CircuitState, ErrorWord, Party } from '#contracts';
import type { LetterStatus } from '../ledger/letter-verb-tables.ts';
import type { EventOutcome, PaperStatus, TransferStatus } from '../ledger/tables.ts';

/**
 * Delivery status of a case (投递状态): the worst of its transfers. It says nothing about the case's own status.
 * `DEAD` means that a person discarded an undelivered transfer and nothing else is open.
 */
export const DELIVERY_STATUSES = {
  NONE: '无需投递',
  QUEUED: '待投递',
  SENT: '投递中',
  ACKED: '已送达',
  FAILED: '投递失败',
  DEAD: '已放弃投递',
} as const;
export type DeliveryStatus = keyof typeof DELIVERY_STATUSES;

export const PAPER_STATUSES: Readonly<Record<PaperStatus, string>> = {
  NONE: '无纸质材料',
  IN_HALL: '大厅保管',
  IN_BATCH: '已组批待交接',
  HANDED_OVER: '已交接中心',
  RETURNED_TO_APPLICANT: '已退还申请人',
};

export const TRANSFER_STATUSES: Readonly<Record<TransferStatus, string>> = {
  held: '排队（等前一条送达，或等通道恢复）',
  in_flight: '投递中',
  retry_wait: '等待重试',
  delivered: '已送达',
  failed: '失败（需人工处理）',
  discarded: '已放弃',
};

/** How an undelivered transfer was closed. */
export const DISCARD_CODES = { 'given-up': '不再投递', stale: '已过时，只记入办件历史' } as const;
export type DiscardCode = keyof typeof DISCARD_CODES;

export const LETTER_STATUSES: Readonly<Record<LetterStatus, string>> = {
  open: '待处理',
  replaying: '正在送回队列',
  replayed: '已重放',
  repaired: '已修正重发',
  discarded: '已放弃',
};

export const EVENT_OUTCOMES: Readonly<Record<EventOutcome, string>> = {
  applied: '已入账',
  parked: '暂存（等前序事件或收件权限）',
  refused: '拒绝',
  ignored: '忽略（旧版本或已知）',
};

export const ATTEMPT_OUTCOMES = {
  delivered: '送达',
  retryable: '暂时失败（会重试）',
  permanent: '对方拒收',
  invalid: '内容不合契约',
  technical: '技术故障',
} as const satisfies Record<'delivered' | ErrorWord, string>;

export const CIRCUIT_STATES_ZH: Readonly<Record<CircuitState, string>> = {
  closed: '正常',
  open: '断开（停止投递）',
  'half-open': '试探',
  'slow-start': '慢启动',
};

const TRANSFER_KINDS: Readonly<Record<string, { zh: string } | undefined>> = { ...WORK_ITEM_KINDS, ...RECORD_KINDS };

/** The Chinese name of what a transfer carries; a kind that is newer than this program shows as itself. */
export function transferKindZh(kind: string): string {
  return TRANSFER_KINDS[kind]?.zh ?? kind;
}

const PARTY_KINDS_ZH = { hall: '政务服务大厅', centre: '市住房公积金管理中心', bureau: '市政务服务和大数据管理局', bridge: '本系统' } as const;

/** How operators call a party: `鼓楼区政务服务大厅`, `市住房公积金管理中心`. A hall that has left the catalogue shows by its code. */
export function partyZh(party: Party): string {
  const code = hallCodeOfParty(party);
  if (code === null) return PARTY_KINDS_ZH[kindOfParty(party)];
  return catalogue().hall(code)?.name ?? `${code} ${PARTY_KINDS_ZH.hall}`;
}

/** The two directions of a hall's channels (通道方向). */
export const DIRECTIONS = { intake: '收件（大厅→中心）', completion: '办结（中心→大厅）' } as const;
export type Direction = keyof typeof DIRECTIONS;

const CHANNEL = /^(intake|completion):(\d{6})$/;

/** A channel as operators call it: `鼓楼区政务服务大厅·收件（大厅→中心）`. */
export function channelZh(name: string): string {
  const [, direction, hallCode] = CHANNEL.exec(name) ?? [];
  return direction === undefined ? name : `${partyZh(`hall:${hallCode ?? ''}`)}·${DIRECTIONS[direction as Direction]}`;
}

const PARTY = /^(?:centre|bureau|bridge|hall:\d{6})$/;

/** The subject of an alert as operators call it: a party or a channel by its name, a queue or program as it is. */
export function subjectZh(subject: string): string {
  return PARTY.test(subject) ? partyZh(subject as Party) : channelZh(subject);
}

/** The words of a table, typed by its keys. */
export function wordsOf<Word extends string>(table: Readonly<Record<Word, unknown>>): Word[] {
  return Object.keys(table) as Word[];
}
