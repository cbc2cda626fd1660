import type { DeadLetterStamp } from '#bus';
import { EXCHANGES } from '#contracts';

/** An attempt whose order lies buried: no receipt will ever come of it. */
export interface BuriedOrder {
  readonly id: string;
  readonly attempt: number;
  readonly error_code: string;
  readonly error_detail: string;
}

/** What an order is given up for by itself, whoever sends it again: every copy of it would end like the first. For the operator (转运单死信原因). */
const FINAL: Readonly<Record<string, string>> = {
  'kills-its-process': '适配器每次处理该投递指令都退出，指令已转入死信，不再自动重发',
  unreadable: '适配器无法解开该投递指令（密钥版本不在密钥文件里，或内容损坏），指令已转入死信，不再自动重发',
  'order-unreadable': '适配器读不懂该投递指令的内容，指令已转入死信，不再自动重发',
};

/** `<transferId>.<attempt>`, as every order is named. */
const ORDER_ID = /^(?<id>[^.\0]{1,200})\.(?<attempt>[1-9]\d{0,8})$/;

/**
 * The attempt that ends with this letter, or `null` when the letter is no order, or one that may still arrive: what the broker buried at
 * the delivery limit is guilty of nothing.
 */
export function buriedOrder(messageId: string, { exchange, code }: DeadLetterStamp): BuriedOrder | null {
  if (exchange !== EXCHANGES.transfers || !Object.hasOwn(FINAL, code)) return null;
  const { id, attempt } = ORDER_ID.exec(messageId)?.groups ?? {};
  if (id === undefined || attempt === undefined) return null;
  return { id, attempt: Number(attempt), error_code: code, error_detail: FINAL[code] ?? '' };
}
