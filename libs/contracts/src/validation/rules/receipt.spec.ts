import { describe, expect, test } from '@jest/globals';
import { packagedCatalogue } from '../../catalogue/catalogue.ts';
import type { CatalogueItem } from '../../catalogue/item.ts';
import { change, namesOf, problemsOf } from '../example.fixture.ts';
import type { AnyEvent } from '../example.fixture.ts';
import { receiptOf } from './receipt.fixture.ts';

const { items } = packagedCatalogue();

/** The item of the notice's annex 1 with this number. */
function item(no: number): CatalogueItem {
  const found = items.find((each) => each.no === no);
  if (found === undefined) throw new Error(`The catalogue has no item ${no}`);
  return found;
}

const receipt = (no: number): AnyEvent => receiptOf(item(no));
const said = (event: AnyEvent): string[] => namesOf(problemsOf(event));
const without = (event: AnyEvent, code: string): AnyEvent =>
  change(event, 'data.materials', (event.data['materials'] as { materialCode: string }[]).filter(({ materialCode }) => materialCode !== code));

describe('a receipt', () => {
  test.each(items.map(({ no, nameZhDisplay }) => [no, nameZhDisplay] as const))('of item %i %s is valid with what the item asks for', (no) => {
    expect(problemsOf(receipt(no))).toEqual([]);
  });

  test('names an item of the catalogue', () => {
    expect(said(change(receipt(13), 'data.itemCode', '725849853QT99999001'))).toEqual(['data.itemCode: known-item']);
  });

  test('lies in the division of a hall that takes part, given with 6, 9 or 12 digits', () => {
    expect(said(change(receipt(13), 'data.regionCode', '410204001'))).toEqual([]);
    expect(said(change(receipt(13), 'data.regionCode', '410204001002'))).toEqual([]);
    expect(said(change(receipt(13), 'data.regionCode', '410212'))).toEqual(['data.regionCode: known-region']);
    expect(said(change(receipt(13), 'data.regionCode', '4102'))).toEqual(['data.regionCode: region-code']);
  });

  test('has passed the formal check', () => {
    expect(said(change(receipt(13), 'data.formalCheck.result', 'FAIL'))).toEqual(['data.formalCheck.result: one-of']);
  });
});

describe('an applicant', () => {
  test('is of a kind the item is for', () => {
    const person = receipt(13).data['applicant'];
    expect(said(change(receipt(13), 'data.applicant', receipt(2).data['applicant']))).toContain('data.applicant.type: applicant-type-for-item');
    expect(said(change(receipt(2), 'data.applicant', person))).toContain('data.applicant.type: applicant-type-for-item');
    expect(said(change(receipt(11), 'data.applicant', person))).toEqual([]);
  });

  test('shows a certificate of its own kind', () => {
    expect(said(change(receipt(2), 'data.applicant.certType', '414'))).toEqual(['data.applicant.certType: certificate-bearer']);
    expect(said(change(receipt(13), 'data.applicant.certType', '821'))).toEqual(['data.applicant.certType: certificate-bearer']);
    expect(said(change(receipt(13), 'data.applicant.certType', '990'))).toEqual([]);
  });

  test.each([
    ['111', '410204199001010009'], ['111', 'H12345678'], ['901', '91350100M000100Y44'], ['811', '725849854'],
  ])('with certificate type %s is refused the number %s', (certType, certNo) => {
    const no = certType === '111' ? 13 : 2;
    expect(said(change(change(receipt(no), 'data.applicant.certType', certType), 'data.applicant.certNo', certNo))).toEqual(['data.applicant.certNo: certificate-number']);
  });

  test.each([['414', 'E12345678'], ['516', 'H12345678'], ['511', '12345678'], ['553', 'CHN110198001014'], ['902', '810000199001010009'], ['114', '军字第1234567号']])(
    'with a certificate of type %s has no check character to fail', (certType, certNo) => {
      expect(said(change(change(receipt(13), 'data.applicant.certType', certType), 'data.applicant.certNo', certNo))).toEqual([]);
    });

  test('has a certificate type of the catalogue', () => {
    expect(said(change(receipt(13), 'data.applicant.certType', '777'))).toEqual(['data.applicant.certType: known-certificate-type']);
  });

  test.each([['13800000001', true], ['0371-23880001', true], ['1380000000', false], ['+8613800000001', false]])('may be called at %s: %s', (mobile, fine) => {
    expect(said(change(receipt(13), 'data.applicant.mobile', mobile))).toEqual(fine ? [] : ['data.applicant.mobile: phone']);
  });
});

describe('an agent', () => {
  test('is required for an employer, by the item or by the applicant', () => {
    expect(said(change(receipt(2), 'data.agent', undefined))).toEqual(['data.agent: required-by-item']);
    const organisation = change(receipt(11), 'data.applicant', receipt(2).data['applicant']);
    expect(said(organisation)).toEqual(['data.agent: required-for-organisation']);
    expect(said(change(organisation, 'data.agent', receipt(2).data['agent']))).toEqual([]);
  });

  test('is required once a power of attorney was taken', () => {
    const [material] = receipt(13).data['materials'] as Record<string, unknown>[];
    const withAuthority = change(receipt(13), 'data.materials', [...(receipt(13).data['materials'] as unknown[]), { ...material, materialCode: 'POA', name: '授权委托书' }]);
    expect(said(withAuthority)).toEqual(['data.agent: required-with-authority']);
  });

  test('is a person', () => {
    expect(said(change(change(receipt(2), 'data.agent.certType', '901'), 'data.agent.certNo', '91350100M000100Y43'))).toEqual(['data.agent.certType: certificate-bearer']);
  });
});

describe('a relative', () => {
  test.each([14, 16, 18, 20, 22, 28])('is required by item %i', (no) => {
    expect(said(change(receipt(no), 'data.relative', undefined))).toEqual(['data.relative: required-by-item']);
  });

  test('has a relation that the item allows', () => {
    expect(said(change(receipt(14), 'data.relative.relation', 'parent'))).toEqual([]);
    expect(said(change(receipt(20), 'data.relative.relation', 'parent'))).toEqual(['data.relative.relation: relation-for-item']);
    expect(said(change(receipt(14), 'data.relative.relation', 'cousin'))).toEqual(['data.relative.relation: one-of']);
  });

  test('is another person than the applicant', () => {
    const { certNo } = receipt(14).data['applicant'] as { certNo: string };
    expect(said(change(receipt(14), 'data.relative.certNo', certNo))).toEqual(['data.relative.certNo: another-person']);
  });
});

describe('the other parts an item asks for', () => {
  test.each([[25, 'accountHolder'], [4, 'ratios'], [11, 'transferDirection'], [24, 'closesAccount']])('item %i requires %s', (no, part) => {
    expect(said(change(receipt(no), `data.${part}`, undefined))).toEqual([`data.${part}: required-by-item`]);
  });

  test('the account holder is another person than the heir who applies', () => {
    const { certNo } = receipt(25).data['applicant'] as { certNo: string };
    expect(said(change(receipt(25), 'data.accountHolder.certNo', certNo))).toEqual(['data.accountHolder.certNo: another-person']);
  });

  test.each([['5', true], ['12', true], ['12.00', true], ['7.5', true], ['4.99', false], ['12.01', false], ['0.12', false], ['7.555', false]])('a ratio of %s percent is allowed: %s', (percent, fine) => {
    expect(said(change(receipt(4), 'data.ratios.unitPercent', percent))).toEqual(fine ? [] : ['data.ratios.unitPercent: ratio-percent']);
  });

  test.each([['1234.50', true], ['0.01', true], ['9999999999999999.99', true], ['12345678901234567.00', false], ['1.234', false], ['-1.00', false], ['1,000.00', false]])('an amount of %s is allowed: %s', (amount, fine) => {
    expect(said(change(receipt(13), 'data.amount', amount))).toEqual(fine ? [] : ['data.amount: money']);
  });
});

describe('materials', () => {
  test.each(items.map(({ no }) => no))('of item %i: each required one must be taken', (no) => {
    for (const { materialCode } of item(no).materials.filter(({ required }) => required)) {
      const problems = problemsOf(without(receipt(no), materialCode));
      expect(namesOf(problems)).toEqual([expect.stringMatching(/^data\.materials: (required-material|min-entries)$/)]);
      expect(problems[0]?.zh).toContain(materialCode);
    }
  });

  test('that are listed but were not taken do not count', () => {
    expect(said(change(receipt(13), 'data.materials.0.taken', false))).toEqual(['data.materials: required-material']);
  });

  test.each(items.filter(({ materialsAtLeastOneOf }) => materialsAtLeastOneOf !== undefined).map(({ no }) => no))('of item %i: one of each group that stands for one another is enough', (no) => {
    for (const { anyOf } of item(no).materialsAtLeastOneOf ?? []) {
      const bare = without(receipt(no), anyOf[0] ?? '');
      expect(said(bare)).toEqual(['data.materials: one-of-materials']);
      const [material] = bare.data['materials'] as Record<string, unknown>[];
      const other = { ...material, materialCode: anyOf.at(-1), name: '另一种证明' };
      expect(said(change(bare, 'data.materials', [...(bare.data['materials'] as unknown[]), other]))).toEqual([]);
    }
  });

  test('with one broken entry are not judged as a whole, but the entry is', () => {
    expect(said(change(receipt(13), 'data.materials.1', 'x'))).toEqual(['data.materials[1]: object']);
  });

  test.each([['size', 0, 'range'], ['sm3', 'F'.repeat(64), 'sm3'], ['mime', 'pdf', 'mime'], ['fileId', '../../etc', 'reference']])('have attachments whose %s is checked', (field, value, rule) => {
    expect(said(change(receipt(13), `data.materials.0.attachments.0.${field}`, value))).toEqual([`data.materials[0].attachments[0].${field}: ${rule}`]);
  });

  test('have at most 20 attachments each', () => {
    const [attachment] = (receipt(13).data['materials'] as { attachments: unknown[] }[])[0]?.attachments ?? [];
    expect(said(change(receipt(13), 'data.materials.0.attachments', Array(21).fill(attachment)))).toEqual(['data.materials[0].attachments: max-entries']);
  });
});

describe('a correction of a receipt', () => {
  test('is judged by the same rules, below data.receipt', () => {
    const { operator, ...body } = receipt(20).data;
    const correction: AnyEvent = { ...receipt(20), type: 'case.corrected', dataversion: 2, data: { operator, reason: '录入有误', corrects: 'case.received', receipt: body } };
    expect(said(correction)).toEqual([]);
    expect(said(change(correction, 'data.receipt.relative.relation', 'child'))).toEqual(['data.receipt.relative.relation: relation-for-item']);
    expect(said(change(correction, 'data.receipt.relative', undefined))).toEqual(['data.receipt.relative: required-by-item']);
  });
});
