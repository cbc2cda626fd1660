import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AnyClass } from '../validation/nested-class.ts';
import { planOf } from '../validation/class-plan.ts';
import { payloadProblems } from '../validation/validate-payload.ts';
import { CompletionUpdate } from '../wire/completion-update.ts';
import { RECORD_KINDS, WORK_ITEM_KINDS } from '../wire/transfer-kinds.ts';
import type { Destination } from '../wire/transfer-order.ts';
import { WorkItem } from '../wire/work-item.ts';
import { applyChanges, fieldsByPath } from './apply-changes.ts';
import { changesBetween } from './changes-between.ts';
import type { FieldChange } from './changes.ts';
import { checksumProblems } from './checksum-problems.ts';
import { describeForm, entryOf, formOf } from './describe-form.ts';
import { FIELD_ENTRIES } from './field-entries.ts';
import type { FormField } from './form-field.ts';
import { valueOf } from './form-values.fixture.ts';
import { maskedValue } from './mask-value.ts';

const FOLDER = new URL('../../forms/', import.meta.url);
const MESSAGES: readonly (readonly [string, AnyClass])[] = [['work-item', WorkItem], ['completion-update', CompletionUpdate]];
const TRANSFERS: readonly (readonly [Destination, string])[] = [
  ...Object.keys(WORK_ITEM_KINDS).map((kind) => ['centre', kind] as const), ...Object.keys(RECORD_KINDS).map((kind) => ['hall:410204', kind] as const),
];
const textOf = (type: AnyClass): string => `${JSON.stringify(describeForm(type), null, 2)}\n`;
const leavesOf = (form: readonly FormField[]): FormField[] => [...fieldsByPath(form).values()].filter(({ fields }) => fields === undefined);

function classesBelow(type: AnyClass, found = new Set<AnyClass>()): ReadonlySet<AnyClass> {
  found.add(type);
  for (const { nested } of planOf(type).values()) if (nested !== undefined && !found.has(nested)) classesBelow(nested, found);
  return found;
}

describe('the form of a message', () => {
  beforeAll(() => {
    if (process.env['UPDATE_SCHEMAS'] === '1') for (const [name, type] of MESSAGES) writeFileSync(new URL(`${name}.form.json`, FOLDER), textOf(type));
  });

  test.each(MESSAGES)('of %s is the reviewed one (if meant: UPDATE_SCHEMAS=1, then review)', (name, type) => {
    expect(textOf(type)).toBe(readFileSync(new URL(`${name}.form.json`, FOLDER), 'utf8'));
  });

  test.each(MESSAGES)('of %s has a Chinese label for every field of every class, and Chinese words for every word of a closed set', (_name, type) => {
    for (const each of classesBelow(type)) {
      for (const { name, rules } of planOf(each).values()) {
        const entry = entryOf(each, name);
        expect({ field: `${each.name}.${name}`, zh: entry?.zh }).toEqual({ field: `${each.name}.${name}`, zh: expect.stringMatching(/\p{Script=Han}/u) });
        const words = rules.find((rule) => rule.name === 'isIn')?.constraints[0] as readonly string[] | undefined;
        if (words !== undefined) expect({ field: `${each.name}.${name}`, words: Object.keys(entry?.choices ?? {}).sort() }).toEqual({ field: `${each.name}.${name}`, words: [...words].sort() });
      }
    }
  });

  test('names no field that no class has', () => {
    const known = new Set(MESSAGES.flatMap(([, type]) => [...classesBelow(type)]).flatMap((type) => {
      const owners: string[] = [];
      for (let owner: unknown = type; typeof owner === 'function' && owner.name !== ''; owner = Object.getPrototypeOf(owner)) owners.push(owner.name);
      return owners.flatMap((owner) => [...planOf(type).keys()].map((name) => `${owner}.${name}`));
    }));
    expect(Object.entries(FIELD_ENTRIES).flatMap(([owner, entries]) => Object.keys(entries).map((name) => `${owner}.${name}`)).filter((name) => !known.has(name))).toEqual([]);
  });

  test('locks whatever identifies, orders or decides, and hides whatever is personal', () => {
    const access = Object.fromEntries(TRANSFERS.flatMap(([to, kind]) => leavesOf(formOf(to, kind)).map((field) => [field.path, field.access] as const)));
    const locked = Object.entries(access).filter(([path]) => /(?:^|\.)(?:projectNo|kind|recordKind|dataVersion|updateSequence|cdOperation|occurredAt|itemCode|itemName|no|fileId|sm3|materialCode|code|platformCode|action|state)$/.test(path));
    expect(locked.length).toBeGreaterThan(20);
    expect(locked.filter(([, one]) => one !== 'locked')).toEqual([]);
    const personal = Object.entries(access).filter(([path]) => /(?:certNo|mobile|accountNo|AccountNo|legalRepresentative|(?:applicant|agent|relative|accountHolder)\.name|handler|By)$/.test(path));
    expect(personal.length).toBeGreaterThan(10);
    expect(personal.filter(([, one]) => one !== 'sensitive')).toEqual([]);
  });

  test('marks everything that says how much money moves, from whom and to whom', () => {
    expect(leavesOf(formOf('centre', 'open')).filter(({ money }) => money).map(({ path }) => path)).toEqual([
      'application.businessType', 'application.withdrawalReason', 'application.applicant.name', 'application.applicant.certType', 'application.applicant.certNo',
      'application.accountHolder.name', 'application.accountHolder.certType', 'application.accountHolder.certNo',
      'application.unitAccountNo', 'application.personalAccountNo', 'application.payee.bankCode', 'application.payee.accountNo', 'application.amount', 'application.ratios.unit', 'application.ratios.personal',
    ]);
  });

  test.each(TRANSFERS)('towards %s for %s: every value it allows passes the contract and the published checks', (destination, kind) => {
    const form = formOf(destination, kind);
    fc.assert(fc.property(valueOf(form), (payload) => {
      expect(payloadProblems(destination, payload)).toEqual([]);
      expect(checksumProblems(form, payload)).toEqual([]);
    }), { numRuns: 40 });
  });
});

describe('changing a payload by its form', () => {
  const form = formOf('centre', 'open');
  const PAYLOAD = {
    kind: 'open', projectNo: 'P-1',
    application: { amount: '1.00', regionCode: '410204', applicant: { name: '测试甲', certType: '01', certNo: '410204199001010002' }, materials: [{ name: '表', originals: 1 }], ratios: { unit: '0.12' } },
  };
  const rules = (path: string, value: string | number | null = 'x'): string[] => applyChanges(form, PAYLOAD, [{ path, value }]).problems.map(({ field, rule }) => `${field}: ${rule}`);

  test('replaces fields in groups and in entries of lists, makes a missing group, and leaves the old payload alone', () => {
    const before = structuredClone(PAYLOAD);
    const { payload, changed, problems } = applyChanges(form, PAYLOAD, [
      { path: 'application.materials[0].originals', value: 2 }, { path: 'application.payee.accountNo', value: '62' }, { path: 'application.regionCode', value: '410204' },
    ]);
    expect(problems).toEqual([]);
    expect(changed.map(({ path, before: old, after }) => [path, old, after])).toEqual([['application.materials[0].originals', 1, 2], ['application.payee.accountNo', undefined, '62']]);
    expect(payload).toEqual({ ...before, application: { ...before.application, materials: [{ name: '表', originals: 2 }], payee: { accountNo: '62' } } });
    expect(PAYLOAD).toEqual(before);
  });

  test('takes a field away, and a group with its last field', () => {
    const { payload } = applyChanges(form, PAYLOAD, [{ path: 'application.ratios.unit', value: null }]);
    expect((payload as typeof PAYLOAD).application).not.toHaveProperty('ratios');
  });

  test.each([
    ['projectNo', 'projectNo: locked'], ['hall.code', 'hall.code: locked'], ['application.materials[0].materialCode', 'application.materials[0].materialCode: locked'],
    ['application.receivedAt', 'application.receivedAt: locked'], ['application.applicant', 'application.applicant: not-a-value'],
    ['application.materials[7].name', 'application.materials[7].name: no-such-entry'], ['withdrawal.reason', '?: unknown-field'],
    ['__proto__.polluted', '?: unknown-field'], ['application.applicant.certType', 'application.applicant.certType: one-of'],
  ])('refuses %s', (path, problem) => {
    expect(rules(path)).toEqual([problem]);
  });

  test('refuses one field twice', () => {
    expect(applyChanges(form, PAYLOAD, [{ path: 'application.amount', value: '2.00' }, { path: 'application.amount', value: '3.00' }]).problems.map(({ rule }) => rule)).toEqual(['repeated']);
  });

  test('a wrong check digit is found though the contract leaves it to the door', () => {
    const { payload } = applyChanges(form, PAYLOAD, [{ path: 'application.applicant.certNo', value: '410204199001010003' }]);
    expect(checksumProblems(form, payload)).toMatchObject([{ field: 'application.applicant.certNo', rule: 'checksum', zh: expect.stringContaining('GB 11643') }]);
  });
});

describe('entries of a list', () => {
  const form = formOf('centre', 'open');
  const entry = (materialCode: string): object => ({ materialCode, name: `材料${materialCode}`, form: 'paper', originals: 1, copies: 0, attachments: [{ fileId: 'F1', name: 'a.pdf' }, { fileId: 'F2', name: 'b.pdf' }] });
  const PAYLOAD = { kind: 'open', projectNo: 'P-1', application: { materials: [entry('A'), entry('B'), entry('C')] } };
  const ADDED = { materialCode: 'D', name: '新材料', form: 'paper', originals: 0, copies: 2 };
  const codes = (payload: unknown): string[] => (payload as typeof PAYLOAD).application.materials.map((material) => (material as { materialCode: string }).materialCode);
  const rules = (...changes: FieldChange[]): string[] => applyChanges(form, PAYLOAD, changes).problems.map(({ field, rule }) => `${field}: ${rule}`);

  test('come, go and change in one edit; numbers are those of the payload as it was, whatever the order', () => {
    const changes: FieldChange[] = [
      { path: 'application.materials[0]', remove: true }, { path: 'application.materials', add: ADDED }, { path: 'application.materials[2].name', value: '改名' },
      { path: 'application.materials[1].attachments[0]', remove: true }, { path: 'application.materials[1].attachments[1].name', value: 'c.pdf' },
    ];
    for (const order of [changes, changes.toReversed()]) {
      const { payload, changed, problems } = applyChanges(form, PAYLOAD, order);
      expect(problems).toEqual([]);
      expect(codes(payload)).toEqual(['B', 'C', 'D']);
      expect((payload as typeof PAYLOAD).application.materials).toEqual([{ ...entry('B'), attachments: [{ fileId: 'F2', name: 'c.pdf' }] }, { ...entry('C'), name: '改名' }, { ...ADDED, attachments: [] }]);
      const parts = [...new Set(changed.map(({ part }) => part))];
      expect(parts.toSorted()).toEqual(['+application.materials[2]', '-application.materials[0]', '-application.materials[1].attachments[0]', 'application.materials[1].attachments[1].name', 'application.materials[2].name']);
      expect(changesBetween(form, PAYLOAD, payload, parts)).toEqual(expect.arrayContaining([...changed]));
      expect(changesBetween(form, PAYLOAD, payload, parts)).toHaveLength(changed.length);
    }
    expect(codes(PAYLOAD)).toEqual(['A', 'B', 'C']);
  });

  test.each<[string, FieldChange[], string[]]>([
    ['an entry that the list does not have', [{ path: 'application.materials[7]', remove: true }], ['application.materials[7]: no-such-entry']],
    ['one entry twice', [{ path: 'application.materials[0]', remove: true }, { path: 'application.materials[0]', remove: true }], ['application.materials[0]: repeated']],
    ['a field of an entry that goes', [{ path: 'application.materials[0]', remove: true }, { path: 'application.materials[0].name', value: '改名' }], ['application.materials[0].name: removed-entry']],
    ['what is no list', [{ path: 'application', add: ADDED }], ['application: fixed-list']],
    ['an attachment that no hall has sent', [{ path: 'application.materials[0].attachments', add: { fileId: 'F9' } }], ['application.materials[0].attachments: fixed-list']],
    ['a field that entries do not have', [{ path: 'application.materials', add: { ...ADDED, colour: 'red' } }], ['?: unknown-field']],
    ['a word that is none of the choices', [{ path: 'application.materials', add: { ...ADDED, form: 'stone' } }], ['application.materials[].form: one-of']],
    ['two things at once', [{ path: 'application.materials[0]', remove: true, value: 'x' }], ['?: ambiguous']],
    ['nothing at all', [{ path: 'application.amount' }], ['application.amount: ambiguous']],
  ])('are refused for %s', (_what, changes, problems) => {
    expect(rules(...changes)).toEqual(problems);
  });

  test('stay as many as they are in lists of the centre\'s decisions', () => {
    const notice = { supplementNotice: { items: [{ materialCode: 'A', name: '表', problem: '不清' }] } };
    expect(applyChanges(formOf('hall:410204', 'supplement_notice'), notice, [{ path: 'supplementNotice.items[0]', remove: true }]).problems).toMatchObject([{ rule: 'fixed-list' }]);
  });
});

describe('a masked value', () => {
  test.each([['测试甲', '测**'], ['410204199001010002', '**************0002'], ['13800000001', '*******0001'], ['ab', 'a*'], ['甲', '甲*'], [null, null], [7, '***']])('%j shows as %j', (value, shown) => {
    expect(maskedValue(value)).toBe(shown);
  });
});
