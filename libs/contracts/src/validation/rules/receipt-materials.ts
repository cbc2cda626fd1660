import type { CatalogueItem, ItemMaterial } from '../../catalogue/item.ts';
import type { Material } from '../../events/parts/material.ts';
import type { Receipt } from '../../events/parts/receipt.ts';
import type { FieldProblem } from '../../wire/door-refusal.ts';
import { NO_PROBLEMS, problem } from './rule.ts';
import type { Rule, Surroundings } from './rule.ts';

const takenCodes = (materials: readonly Material[]): ReadonlySet<string> =>
  new Set(materials.filter(({ taken }) => taken).map(({ materialCode }) => materialCode));

/** A rule over the materials, in the light of the item; an unknown item is another rule's problem. */
function materialRule(check: (item: CatalogueItem, taken: ReadonlySet<string>, receipt: Receipt) => readonly FieldProblem[]): Rule<Receipt> {
  return {
    needs: ['itemCode', 'materials'],
    check: (receipt, { catalogue }: Surroundings) => {
      const item = catalogue.item(receipt.itemCode);
      return item === undefined ? NO_PROBLEMS : check(item, takenCodes(receipt.materials), receipt);
    },
  };
}

const called = (materials: readonly ItemMaterial[], code: string): string => `${code} ${materials.find(({ materialCode }) => materialCode === code)?.nameZh ?? ''}`.trim();

/** Required materials are taken with the receipt (GB/T 39046 table 4, 是否必备材料). */
export const requiredMaterialsTaken = materialRule((item, taken) =>
  item.materials
    .filter(({ required, materialCode }) => required && !taken.has(materialCode))
    .flatMap(({ materialCode }) => {
      const name = called(item.materials, materialCode);
      return problem('materials', 'required-material', `缺少必备材料：${name}`, `lack the required material ${name}`);
    }));

/** Of every group of materials that stand for one another at least one is taken. */
export const oneOfEachGroupTaken = materialRule((item, taken) =>
  (item.materialsAtLeastOneOf ?? [])
    .filter(({ anyOf }) => !anyOf.some((code) => taken.has(code)))
    .flatMap(({ anyOf }) => {
      const names = anyOf.map((code) => called(item.materials, code));
      return problem('materials', 'one-of-materials', `下列材料至少收取一项：${names.join('；')}`, `must have at least one of: ${names.join('; ')}`);
    }));

/** Who takes a power of attorney in has somebody at the window who acts for the applicant. */
export const agentNamedWithAuthority = materialRule((item, taken, { agent }) =>
  agent === undefined && !item.requires.includes('agent') && item.agentWhenTaken.some((code) => taken.has(code))
    ? problem('agent', 'required-with-authority', '已收取授权委托书，必须填写代理人', 'is required because a power of attorney was taken')
    : NO_PROBLEMS);
