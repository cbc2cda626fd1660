import type { CatalogueItem } from '../../catalogue/item.ts';
import { example } from '../example.fixture.ts';
import type { AnyEvent } from '../example.fixture.ts';

type Fields = Record<string, unknown>;

/** What each column of `requires` asks for, validly. The people come from the published example. */
function requirementOf(data: Fields, item: CatalogueItem): Fields {
  const { relative } = data as { relative: Fields };
  const { relation: _, ...other } = relative;
  return {
    agent: { name: '测试经办', certType: '414', certNo: 'E12345678', mobile: '0371-23880001' },
    relative: { ...other, relation: item.relations.at(-1) },
    accountHolder: { ...other, name: '测试已故' },
    ratios: { unitPercent: '12', personalPercent: '5.25' },
    transferDirection: 'inbound',
    closesAccount: false,
  };
}

/** A valid receipt of any item of the catalogue, with its required materials and nothing beyond what the item asks for. */
export function receiptOf(item: CatalogueItem): AnyEvent {
  const event = example('case.received');
  const { relative: _relative, materials, ...data } = event.data;
  const [pattern] = materials as Fields[];
  const needed = item.materials.filter(({ required, materialCode }) => required || (item.materialsAtLeastOneOf ?? []).some(({ anyOf }) => anyOf[0] === materialCode));
  const person = item.serviceObjectCodes.includes('1');
  const organisation = { type: '2', name: '测试单位', certType: '901', certNo: (data['operator'] as Fields)['orgCode'] };
  const requirements = requirementOf(event.data, item);
  return {
    ...event,
    data: {
      ...data,
      itemCode: item.code,
      itemName: item.nameZhDisplay,
      applicant: person ? data['applicant'] : organisation,
      ...Object.fromEntries(item.requires.map((part) => [part, requirements[part]])),
      materials: needed.map(({ materialCode, nameZh }) => ({ ...structuredClone(pattern), materialCode, name: nameZh })),
    },
  };
}
