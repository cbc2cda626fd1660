import type { FieldProblem } from '#contracts';

/** Every refusal of the door: its HTTP status and what it says in both languages. What a sender should do is in docs/error-model.md. */
export const DOOR_CODES = {
  'not-json': { status: 400, en: 'The body is not JSON', zh: '请求体不是 JSON' },
  'not-a-cloudevent': { status: 400, en: 'The body is not a CloudEvent', zh: '请求体不是 CloudEvent 事件' },
  'empty-batch': { status: 400, en: 'The batch is empty', zh: '批次里没有事件' },
  'bad-request': { status: 400, en: 'The request cannot be read', zh: '请求无法读取' },
  'signature-missing': { status: 401, en: 'The request is not signed', zh: '请求没有签名' },
  'signature-invalid': { status: 401, en: 'The signature is wrong', zh: '签名不正确' },
  'unknown-key': { status: 401, en: 'The key is unknown', zh: '密钥未登记' },
  'key-expired': { status: 401, en: 'The key is not valid now', zh: '密钥不在有效期内' },
  'timestamp-stale': { status: 401, en: 'The timestamp is too far off', zh: '时间戳偏差过大' },
  'nonce-replayed': { status: 401, en: 'The nonce was used before', zh: '随机串已经用过' },
  'wrong-hall': { status: 403, en: 'A hall speaks only for itself', zh: '大厅只能代表本大厅' },
  'not-your-event': { status: 403, en: 'This event is not yours to send', zh: '无权发送该事件' },
  'not-found': { status: 404, en: 'There is nothing here', zh: '没有这个地址' },
  'id-reused': { status: 409, en: 'The event id was used for another body', zh: '事件标识已用于另一份内容' },
  'too-large': { status: 413, en: 'The request is too large', zh: '请求过大' },
  'unsupported-media-type': { status: 415, en: 'The media type is not supported', zh: '不支持的媒体类型' },
  'contract-broken': { status: 422, en: 'The event breaks the contract', zh: '事件不符合契约' },
  'too-many-requests': { status: 429, en: 'Too many requests', zh: '请求过于频繁' },
  'internal': { status: 500, en: 'The bridge failed', zh: '桥接服务内部错误' },
  'too-busy': { status: 503, en: 'Too much is in hand already', zh: '在途请求过多' },
  'journal-full': { status: 503, en: 'The journal of accepted events is full', zh: '受理日志已满' },
  'store-unavailable': { status: 503, en: 'The store of accepted events is away', zh: '受理存储暂不可用' },
} as const satisfies Record<string, { status: number; en: string; zh: string }>;

export type DoorCode = keyof typeof DOOR_CODES;

/** The particulars of one refusal. No text here may repeat a value of the body. */
export interface DoorErrorDetails {
  readonly en?: string;
  readonly zh?: string;
  readonly problems?: readonly FieldProblem[];
  /** How long the sender should wait; sent as `Retry-After` in whole seconds. */
  readonly retryAfterMs?: number;
}

/** A request, or one event of a batch, that the door does not take. */
export class DoorError extends Error {
  override readonly name = 'DoorError';
  readonly code: DoorCode;
  readonly status: number;
  readonly details: DoorErrorDetails;

  constructor(code: DoorCode, details: DoorErrorDetails = {}) {
    super(details.en ?? DOOR_CODES[code].en);
    this.code = code;
    this.status = DOOR_CODES[code].status;
    this.details = details;
  }
}
