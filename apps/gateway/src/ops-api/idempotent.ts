import { createHash } from 'node:crypto';
import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Transaction } from 'kysely';
import type { Caller, CalledRequest } from '../access/caller.ts';
import { findOpsRequest, keepAnswer, noteOpsRequest } from '../ledger/ops-request-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { brokenQuery, OpsProblem } from './problems/ops-problem.ts';

const KEY = /^[A-Za-z0-9._:-]{1,100}$/;

/** A write as it was asked for. */
export interface OpsRequest {
  readonly caller: Pick<Caller, 'person'>;
  /** The `Idempotency-Key` header; without one every request is a new one. */
  readonly key: string | undefined;
  /** What is asked, such as `POST /api/transfers/tr_…/replay`. */
  readonly route: string;
  readonly body: unknown;
}

/**
 * Does what is asked, once for each key of a person. A repetition gets the answer kept from the first time; while the first is still at
 * work it waits for it. What is refused keeps nothing, so it can be asked again. To be called in the transaction of the act.
 * @throws OpsProblem `idempotency-key-reused` when the key was used for something else
 */
export async function idempotent<T extends object>(trx: Transaction<LedgerTables>, request: OpsRequest, act: () => Promise<T>): Promise<T> {
  const { caller: { person }, key, route, body } = request;
  if (key === undefined) return act();
  const digest = createHash('sha256').update(JSON.stringify([route, body])).digest('hex');
  if (!await noteOpsRequest(trx, { person, key, route, body_digest: digest })) {
    const kept = await findOpsRequest(trx, person, key);
    if (kept?.body_digest !== digest || kept.answer === null) throw reused(kept?.route);
    return kept.answer as T;
  }
  const answer = await act();
  await keepAnswer(trx, person, key, answer);
  return answer;
}

/** Parameter of a route: its `Idempotency-Key` header. */
export const IdempotencyKey = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const key = context.switchToHttp().getRequest<CalledRequest>().headers['idempotency-key'];
  if (key === undefined || (typeof key === 'string' && KEY.test(key))) return key;
  throw brokenQuery([{
    field: 'Idempotency-Key', rule: 'matches', zh: '请求头 Idempotency-Key 须为 1–100 位字母、数字或 . _ : -', en: 'must be 1 to 100 of letters, digits and . _ : -',
  }]);
});

function reused(route: string | undefined): OpsProblem {
  return new OpsProblem('idempotency-key-reused', {
    detail: `You have used this key for another request (${route ?? 'unknown'}); take a new key for a new request.`,
    detailZh: `该 Idempotency-Key 已用于另一请求（${route ?? '未知'}）；新的请求请用新的键。`,
  });
}
