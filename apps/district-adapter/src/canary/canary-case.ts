import { CANARY_OPERATOR, canaryNumber, validateEvent } from '#contracts';
import type { Catalogue, CatalogueItem, Hall, JiujinEventOf, Material, Requirement } from '#contracts';

/** 公民身份号码 that GB 11643 prints as its example; it is nobody's. */
const SPECIMEN = { type: '1', name: '拨测', certType: '111', certNo: '11010519491231002X' } as const;
const IMMEDIATE = '1';
const AT_WINDOW = '1';

/** The parts an item may require that name no further person. */
const PARTS: Partial<Record<Requirement, object>> = { closesAccount: { closesAccount: false }, transferDirection: { transferDirection: 'internal' } };

/**
 * The receipt (收件) of a hall's canary at this moment: the first item of the catalogue that a person may apply for without naming
 * another one, with the materials it asks for. It says 即办件, so that two outcomes bring it to its end.
 * @returns `null` when the catalogue has no such item
 */
export function canaryCase(hall: Hall, at: number, { items }: Catalogue): JiujinEventOf<'case.received'> | null {
  for (const item of items) {
    if (!item.requires.every((part) => part in PARTS)) continue;
    const judged = validateEvent(receiptOf(item, hall, new Date(at)), { party: `hall:${hall.code}` });
    if (judged.ok && judged.event.type === 'case.received') return judged.event;
  }
  return null;
}

function receiptOf(item: CatalogueItem, hall: Hall, at: Date): object {
  const projectNo = canaryNumber(hall.code, at.getTime());
  const time = at.toISOString();
  return {
    specversion: '1.0', id: `${projectNo}.r`, source: `/halls/${hall.code}`, type: 'case.received', subject: projectNo, time,
    datacontenttype: 'application/json', schemaversion: '1.0', dataversion: 1, sequence: 1, canary: true,
    data: {
      operator: { id: CANARY_OPERATOR, name: SPECIMEN.name }, itemCode: item.code, itemName: item.nameZhDisplay, projectType: IMMEDIATE, applySource: AT_WINDOW,
      receivedAt: time, regionCode: hall.regionCode, formalCheck: { result: 'PASS' }, applicant: SPECIMEN,
      ...Object.assign({}, ...item.requires.map((part) => PARTS[part])) as object, materials: materialsOf(item, time),
    },
  };
}

/** What must be there: the required materials, and the first of each group of which one will do. */
function materialsOf(item: CatalogueItem, takenAt: string): Material[] {
  const first = new Set((item.materialsAtLeastOneOf ?? []).map(({ anyOf }) => anyOf[0]));
  return item.materials.filter(({ required, materialCode }) => required || first.has(materialCode)).map(({ materialCode, nameZh, required }) => ({
    materialCode, name: nameZh, required, form: 'paper', originals: 1, copies: 0, taken: true, takenAt, attachments: [],
  }));
}
