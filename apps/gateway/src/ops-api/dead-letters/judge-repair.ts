import { EXCHANGES, payloadProblems, QUEUES, validateEvent } from '#contracts';
import type { FieldProblem, Party, QueueSpec } from '#contracts';
import { readReceipt, UnreadableReceiptError } from '../../dispatch/read-receipt.ts';
import type { LetterRow } from '../../ledger/letter-verb-rows.ts';
import { isRecord } from './mask-body.ts';

type Letter = Pick<LetterRow, 'message_id' | 'headers'>;
type Judge = (body: Record<string, unknown>, letter: Letter) => FieldProblem[];

const EVENTS: ReadonlySet<string> = new Set([QUEUES.intake, QUEUES.outcomes]);
const DESTINATION = /^(?:centre|hall:\d{6,12})$/;

/** How the body of a letter of this queue is judged; `null` for a queue whose messages come again by themselves, and are not repaired. */
export function repairJudge({ name, exchange }: QueueSpec): Judge | null {
  if (EVENTS.has(name)) return eventProblems;
  if (name === QUEUES.receipts) return receiptProblems;
  return exchange === EXCHANGES.transfers ? orderProblems : null;
}

/** The contract's own validation; and it must still be the event that its message is named after. */
function eventProblems(body: Record<string, unknown>, { message_id, headers }: Letter): FieldProblem[] {
  const judged = validateEvent(body, { party: (headers['x-party'] ?? '') as Party });
  const problems = judged.ok ? [] : [...judged.problems];
  const { id, source } = body;
  return [...problems, ...lockedUnless(message_id === `${String(source)}#${String(id)}` || message_id === id, 'id')];
}

function receiptProblems(body: Record<string, unknown>, { message_id }: Letter): FieldProblem[] {
  try {
    const { transferId, attempt } = readReceipt(body);
    return lockedUnless(message_id === `${transferId}.${attempt}`, 'transferId');
  } catch (error) {
    if (!(error instanceof UnreadableReceiptError)) throw error;
    return [{ field: error.message.split(' ')[0] ?? '', rule: 'receipt', zh: '不合回执的格式', en: error.message }];
  }
}

function orderProblems(body: Record<string, unknown>, { message_id }: Letter): FieldProblem[] {
  const { transferId, destination, attempt, payload } = body;
  if (typeof destination !== 'string' || !DESTINATION.test(destination) || !isRecord(payload)) {
    return [{ field: 'destination', rule: 'order', zh: '不合投递指令的格式', en: 'is no transfer order' }];
  }
  const to = destination === 'centre' ? destination : `hall:${destination.slice('hall:'.length)}` as const;
  const broken = payloadProblems(to, payload).map((problem) => ({ ...problem, field: `payload.${problem.field}` }));
  return [...broken, ...lockedUnless(message_id === `${String(transferId)}.${String(attempt)}`, 'transferId')];
}

function lockedUnless(same: boolean, field: string): FieldProblem[] {
  return same ? [] : [{ field, rule: 'locked', zh: '不能改：它须仍是原来那条消息', en: 'must stay as it was: it is still the same message' }];
}
