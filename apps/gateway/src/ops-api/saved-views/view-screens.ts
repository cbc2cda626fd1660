import type { Type } from '@nestjs/common';
import { caseFilterOf } from '../cases/case-filter.ts';
import { CaseQuery } from '../cases/case.query.ts';
import { DeadLetterQuery } from '../dead-letters/dead-letter.query.ts';
import { FailureGroupQuery } from '../failure-groups/failure-group.query.ts';
import { OperationQuery } from '../operations/operation.query.ts';
import { looksPersonal } from '../personal-numbers.ts';
import { brokenQuery } from '../problems/ops-problem.ts';
import { RefusalQuery } from '../refusals/refusal.query.ts';
import { transferFilterOf } from '../transfers/transfer-filter.ts';
import { TransferQuery } from '../transfers/transfer.query.ts';
import { validateQuery } from '../validate-query.ts';

/** Screens that views are kept for (界面), and the list that stands behind each. */
export const VIEW_SCREENS = {
  cases: { zh: '消息台账·办件', query: CaseQuery },
  transfers: { zh: '消息台账·投递', query: TransferQuery },
  'failure-groups': { zh: '失败分组', query: FailureGroupQuery },
  operations: { zh: '批量操作', query: OperationQuery },
  refusals: { zh: '拒收', query: RefusalQuery },
  'dead-letters': { zh: '死信', query: DeadLetterQuery },
} as const satisfies Record<string, { zh: string; query: Type }>;
export type ViewScreen = keyof typeof VIEW_SCREENS;

/** What a list is asked beside its filters: it belongs to one look at it. */
const NOT_KEPT = ['cursor', 'limit'];

/** The parameters of a view, checked as the list itself would. @throws OpsProblem `query-broken` */
export async function checkedQuery({ screen, query }: { readonly screen: ViewScreen; readonly query: Readonly<Record<string, unknown>> }): Promise<Record<string, string>> {
  const words = Object.entries(query).map(([name, value]): [string, string] => [name, wordOf(name, value)]);
  const given = Object.fromEntries(words);
  const read: unknown = await validateQuery.transform(given, { type: 'query', metatype: VIEW_SCREENS[screen].query });
  if (screen === 'cases') caseFilterOf(read as CaseQuery, new Date());
  if (screen === 'transfers') transferFilterOf(read as TransferQuery, new Date());
  return given;
}

function wordOf(name: string, value: unknown): string {
  if (NOT_KEPT.includes(name)) throw brokenQuery([{ field: `query.${name}`, rule: 'notKept', zh: '不随检索保存，请去掉', en: 'is not kept with a view; leave it out' }]);
  if (typeof value !== 'string') throw brokenQuery([{ field: `query.${name}`, rule: 'text', zh: '须为文字', en: 'must be text' }]);
  if (looksPersonal(value)) throw brokenQuery([{ field: `query.${name}`, rule: 'notPersonal', zh: '像是证件号码或手机号，不得保存', en: 'looks like a certificate or phone number, which must not be kept' }]);
  return value;
}
