import { QUEUES, validateEvent } from '#contracts';
import type { FieldProblem, Party, QueueSpec } from '#contracts';
import type { LetterRow } from '../../ledger/letter-verb-rows.ts';
import { isRecord } from '../bodies/unmask-body.ts';

type Letter = Pick<LetterRow, 'message_id' | 'headers'>;

/** Fields of an event that decide whose money goes where, how much of it, or which of two versions counts; by name, or by name and group. */
const MONEY: ReadonlySet<string> = new Set([
  'amount', 'ratios', 'payee', 'unitAccountNo', 'personalAccountNo', 'itemCode', 'transferDirection', 'closesAccount', 'dataversion', 'certType', 'certNo',
  'applicant.name', 'accountHolder.name',
]);

/**
 * Whether letters of this queue are repaired at all: only what halls and bureau say. The centre's decisions are nobody else's to change, a receipt tells
 * what happened, and an order is corrected at its transfer, where a second person agrees and every revision is kept.
 */
export function isRepairable({ name }: QueueSpec): boolean {
  return name === QUEUES.intake;
}

/** The contract's own validation; and it must still be the event that its message is named after, about the same case and the same money. */
export function repairProblems(body: Record<string, unknown>, original: unknown, { message_id, headers }: Letter): FieldProblem[] {
  const judged = validateEvent(body, { party: (headers['x-party'] ?? '') as Party });
  const problems = judged.ok ? [] : [...judged.problems];
  const { id, source } = body;
  return [
    ...problems,
    ...lockedUnless(message_id === `${String(source)}#${String(id)}` || message_id === id, 'id'),
    ...['type', 'subject'].flatMap((field) => lockedUnless(isRecord(original) && body[field] === original[field], field)),
    ...movedMoney(body, original),
  ];
}

/** One person alone changes no money: the hall sends a correction of its own. */
function movedMoney(body: unknown, original: unknown): FieldProblem[] {
  const [before, after] = [moneyIn(original), moneyIn(body)];
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).map((field) => ({
    field, rule: 'money', zh: '关系到款项，不能在这里改：请大厅重新发送或发更正', en: 'decides about money and cannot be changed here; the hall must send it again or correct it',
  }));
}

function moneyIn(value: unknown, path = '', group = ''): Map<string, string> {
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).flatMap(([name, inner]): [string, string][] => {
    const at = path === '' ? name : `${path}.${name}`;
    return MONEY.has(name) || MONEY.has(`${group}.${name}`) ? [[at, JSON.stringify(inner)]] : [...moneyIn(inner, at, name)];
  }));
}

function lockedUnless(same: boolean, field: string): FieldProblem[] {
  return same ? [] : [{ field, rule: 'locked', zh: '不能改：它须仍是原来那条消息', en: 'must stay as it was: it is still the same message' }];
}
