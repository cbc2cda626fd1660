import { afterEach, describe, expect, test } from '@jest/globals';
import certificateTypes from '../../data/certificate-types.json' with { type: 'json' };
import halls from '../../data/halls.json' with { type: 'json' };
import items from '../../data/items.json' with { type: 'json' };
import { isOrganisationCode } from '../validation/checksums.ts';
import { change, namesOf, problemsOf } from '../validation/example.fixture.ts';
import { receiptOf } from '../validation/rules/receipt.fixture.ts';
import { catalogue, packagedCatalogue, useCatalogue } from './catalogue.ts';
import { CatalogueError, parseCatalogue } from './parse-catalogue.ts';
import type { CatalogueFiles } from './parse-catalogue.ts';

afterEach(() => {
  useCatalogue(packagedCatalogue());
});

const files = (): { items: { items: Record<string, unknown>[] }; halls: Record<string, unknown>[]; certificateTypes: Record<string, unknown>[] } =>
  structuredClone({ items, halls, certificateTypes });

function said(broken: CatalogueFiles): string[] {
  try {
    parseCatalogue(broken);
  } catch (error) {
    if (error instanceof CatalogueError) return namesOf(error.problems);
    throw error;
  }
  return [];
}

/** Annex 1 of the notice, as printed. */
const ANNEX_1 = `
725849853QT04922001 住房公积金灵活就业人员缴存登记
725849853QT50024002 住房公积金汇缴
725849853QT50013001 住房公积金个人账户封存
725849853QT50033002 住房公积金缴存比例调整
725849853QT50002001 住房公积金单位缴存登记信息变更
725849853QT50019001 住房公积金个人账户启封
725849853QT50005001 住房公积金个人账户设立
725849853QT50001001 住房公积金单位缴存登记
725849853QT50024001 住房公积金补缴
725849853QT50033001 住房公积金缴存基数调整
725849853QT50008001 住房公积金个人账户转移
725849853QT48863001 退休提取住房公积金
725849853QT48813001 购买自住住房提取住房公积金（本人）
725849853QT48813002 购买自住住房提取住房公积金（配偶、父母、 子女）
725849853QT48839001 购买二手自住住房提取住房公积金（本人）
725849853QT48839002 购买二手自住住房提取住房公积金（配偶、 父母、子女）
725849853QT48858001 建造、翻建、大修自住住房提取住房公积金 （本人）
725849853QT48858002 建造、翻建、大修自住住房提取住房公积金 （配偶、父母、子女）
725849853QT48895001 租赁自住住房提取住房公积金（本人）
725849853QT48895002 租赁自住住房提取住房公积金（配偶）
725849853QT48891001 偿还商贷本息提取住房公积金（本人）
725849853QT48891002 偿还商贷本息提取住房公积金（配偶）
725849853QT34785001 与所在单位终止劳动关系未重新就业且封存 满半年提取住房公积金
725849853QT50065001 其他情形提取住房公积金
725849853QT50050001 死亡或者被宣告死亡提取住房公积金
725849853QT50058001 享受城镇最低生活保障提取住房公积金
725849853QT48884001 偿还住房公积金贷款本息提取住房公积金 （本人）
725849853QT48884002 偿还住房公积金贷款本息提取住房公积金 （配偶）`.trim().split('\n');

describe('the packaged catalogue', () => {
  test('has the 28 items of annex 1, with exactly their codes and names, in order', () => {
    expect(packagedCatalogue().items.map(({ code, nameZh }) => `${code} ${nameZh}`)).toEqual(ANNEX_1);
    expect(packagedCatalogue().items.map(({ no }) => no)).toEqual(ANNEX_1.map((_, index) => index + 1));
  });

  test('shows names without the line-wrap spaces of the notice, and codes whose parent and organisation fit', () => {
    for (const { code, nameZh, nameZhDisplay, parentItemCode } of packagedCatalogue().items) {
      expect(nameZhDisplay).toBe(nameZh.replaceAll(' ', ''));
      expect(code.startsWith(parentItemCode)).toBe(true);
      expect(isOrganisationCode(code.slice(0, 9))).toBe(true);
    }
  });

  test('has the four halls of the notice with their divisions', () => {
    expect(packagedCatalogue().halls.map(({ regionCode, district }) => `${regionCode} ${district}`)).toEqual(['410202 龙亭区', '410203 顺河回族区', '410204 鼓楼区', '410205 禹王台区']);
  });

  test('looks up by code, and knows nothing else', () => {
    const active = catalogue();
    expect([active.item('725849853QT50024002')?.no, active.hall('410205')?.district, active.certificateType('111')?.jgj]).toEqual([2, '禹王台区', '01']);
    expect([active.item('x'), active.hall('410212'), active.certificateType('777')]).toEqual([undefined, undefined, undefined]);
    expect(['410203', '410203001002', '410212'].map((code) => active.hasRegion(code))).toEqual([true, true, false]);
  });
});

describe('a new hall and a new item', () => {
  test('are a change of data only: 祥符区 receives a loan', () => {
    const extended = files();
    extended.halls.push({ code: '410212', name: '祥符区政务服务大厅', district: '祥符区', regionCode: '410212' });
    extended.items.items.push({
      ...structuredClone(extended.items.items[12]), no: 29, code: '725849853QT60001001', nameZh: '住房公积金贷款申请', nameZhDisplay: '住房公积金贷款申请',
      parentItemCode: '725849853QT60001', category: '贷款',
      jgj320: { businessTypeCode: '99', businessTypeName: '其他（贷款申请）', withdrawReasonCode: null, withdrawReasonName: null },
    });
    const loan = parseCatalogue(extended).item('725849853QT60001001');
    if (loan === undefined) throw new Error('The loan item is not in the catalogue');
    const receipt = change({ ...receiptOf(loan), source: '/halls/410212' }, 'data.regionCode', '410212001');

    expect(namesOf(problemsOf(receipt))).toEqual(['data.itemCode: known-item', 'data.regionCode: known-region']);
    useCatalogue(parseCatalogue(extended));
    expect(problemsOf(receipt)).toEqual([]);
  });
});

describe('catalogue files that break their rules', () => {
  test('are refused with every field named', () => {
    const broken = files();
    broken.halls[1] = { ...broken.halls[1], regionCode: '41', colour: 'red' };
    broken.certificateTypes[0] = { ...broken.certificateTypes[0], check: 'gb1' };
    delete broken.items.items[3]?.['nameZh'];
    expect(said(broken).sort()).toEqual(['certificateTypes[0].check: one-of', 'halls[1].colour: unknown-field', 'halls[1].regionCode: region-code', 'items[3].nameZh: required']);
  });

  test.each([['items', { items: [] }], ['items', 'text'], ['halls', []], ['halls', {}], ['certificateTypes', null]])('are refused when %s is %j', (name, value) => {
    expect(said({ ...files(), [name]: value })).toEqual([`${name}: array`]);
  });

  test('are refused when a code is there twice', () => {
    const broken = files();
    broken.halls.push({ ...broken.halls[0] });
    expect(said(broken)).toEqual(['halls[4].code: unique']);
  });

  test.each([
    ['relations', { relations: ['spouse'] }, 'items[0].relations: relations'],
    ['relations', { requires: ['relative'] }, 'items[0].relations: relations'],
    ['agentWhenTaken', { agentWhenTaken: ['NOWHERE'] }, 'items[0].materials: known-material'],
    ['materialsAtLeastOneOf', { materialsAtLeastOneOf: [{ anyOf: ['NOWHERE'] }] }, 'items[0].materials: known-material'],
    ['jgj320', { jgj320: { businessTypeCode: null, businessTypeName: '转移', withdrawReasonCode: null, withdrawReasonName: null, businessTypeBy: { field: 'transferDirection', cases: [{ when: 'internal', code: '06', name: '内部转移' }] } } }, 'items[0].requires: business-type-field'],
  ])('are refused when %s leads nowhere', (_name, columns, expected) => {
    const broken = files();
    broken.items.items[0] = { ...broken.items.items[0], ...columns };
    expect(said(broken)).toEqual([expected]);
  });
});
