import type { OperationReturnItem } from '../../ledger/operation-tables.ts';
import { brokenQuery } from '../problems/ops-problem.ts';
import type { CreateOperationBody } from './operation.body.ts';

/** What halls are to be told; null for an operation that returns nothing. Whether a case has it is for the preflight to say. @throws OpsProblem `query-broken` */
export function returnItemsOf({ kind, return: wish }: CreateOperationBody): OperationReturnItem[] | null {
  if (kind !== 'return') {
    if (wish !== undefined) throw brokenQuery([{ field: 'return', rule: 'onlyReturn', zh: '只有退回大厅（kind 为 return）时才写', en: 'belongs to the kind return only' }]);
    return null;
  }
  const items = wish?.items ?? [];
  const problems = items.flatMap(({ path, materialCode }, index) => ((path === undefined) === (materialCode === undefined)
    ? [{ field: `return.items[${index}]`, rule: 'known-item', zh: '须写明字段（path）或材料（materialCode），只写其一', en: 'must name a field or a material: one of the two' }] : []));
  if (problems.length > 0) throw brokenQuery(problems);
  return items.map(({ path, materialCode, problem }) => ({ ...(path === undefined ? {} : { path }), ...(materialCode === undefined ? {} : { materialCode }), problem }));
}
