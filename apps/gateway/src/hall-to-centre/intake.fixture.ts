import type { CatalogueItem, EventDataOf, EventType, JiujinEventOf, Material, Receipt } from '#contracts';
import { catalogue } from '#contracts';
import type { IntakeSnapshot } from './intake-snapshot.ts';

export const RECEIVED_AT = '2026-11-23T09:30:15.250+08:00';

/** A material as a window would take it. */
export function material(materialCode: string, more: Partial<Material> = {}): Material {
  return { materialCode, name: `材料 ${materialCode}`, required: true, form: 'paper', originals: 1, copies: 1, taken: true, takenAt: RECEIVED_AT, attachments: [], ...more };
}

/** A receipt of one item with every part its catalogue row asks for. The people are made up. */
export function receiptOf(item: CatalogueItem, more: Partial<Receipt> = {}): Receipt {
  const employer = item.applicantType === 'employer';
  const parts: Partial<Receipt> = {
    agent: { name: '测试乙', certType: '111', certNo: '410204199203034563', mobile: '13800000002' },
    relative: { name: '测试丙', certType: '414', certNo: 'E00000001', relation: item.relations[0] ?? 'spouse' },
    accountHolder: { name: '测试丁', certType: '111', certNo: '410204196001010012' },
    ratios: { unitPercent: '12', personalPercent: '5.00' },
    transferDirection: 'internal',
    closesAccount: true,
  };
  return {
    itemCode: item.code, itemName: item.nameZhDisplay, itemVersion: 3, projectType: '2', applySource: '1', receivedAt: RECEIVED_AT, windowNo: '07',
    regionCode: '410204', formalCheck: { result: 'PASS', checklist: [{ materialCode: 'ID_SELF', present: true }] },
    applicant: employer
      ? { type: '2', name: '开封测试有限公司', certType: '901', certNo: '91410204TEST000010' }
      : { type: '1', name: '测试甲', certType: '111', certNo: '410204199001010015', mobile: '13800000001' },
    materials: [material('ID_SELF')],
    ...Object.fromEntries(item.requires.map((name) => [name, parts[name]])),
    ...more,
  };
}

/** The case of one item of the catalogue, by its code, at 鼓楼区. */
export function intakeOf(itemCode: string, more: Partial<Receipt> = {}): IntakeSnapshot {
  const item = catalogue().item(itemCode);
  if (item === undefined) throw new Error(`no item ${itemCode}`);
  const receipt = receiptOf(item, more);
  return { projectNo: '410204-20261123-000001', hallCode: '410204', itemCode: receipt.itemCode, receipt };
}

export const OPERATOR = { id: 'u-1', name: '测试经办', orgCode: '12410200XX00000019', orgName: '测试单位' };

/** An event of the given type around its data. */
export function eventOf<T extends EventType>(type: T, data: Omit<EventDataOf<T>, 'operator'>, dataversion?: number): JiujinEventOf<T> {
  return {
    specversion: '1.0', id: 'evt-1', source: '/centre', type, subject: '410204-20261123-000001', time: '2026-11-24T01:02:03Z', schemaversion: '1.0',
    dataversion, data: { operator: OPERATOR, ...data },
  } as unknown as JiujinEventOf<T>;
}
