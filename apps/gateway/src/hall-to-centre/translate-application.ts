import { catalogue, localTimeOf, paperDueAt } from '#contracts';
import type { FundCodes, Material, PaperPlace, Receipt, WorkApplication, WorkMaterial } from '#contracts';
import { hallOf, itemOf } from './intake-snapshot.ts';
import type { IntakeSnapshot } from './intake-snapshot.ts';
import { decimalMoney, decimalRatios } from './translate-amounts.ts';
import { required, untranslatable } from './untranslatable.ts';

/** The receipt as it now reads, in the centre's codes. Only the fields named here leave the bridge; see {@link WorkApplication} for what stays. */
export function translateApplication(intake: IntakeSnapshot): WorkApplication {
  const { receipt } = intake;
  const { jgj320 } = itemOf(intake);
  const { type, name, mobile } = receipt.applicant;
  return compact({
    businessType: businessTypeOf(jgj320, receipt),
    withdrawalReason: jgj320.withdrawReasonCode ?? undefined,
    projectType: receipt.projectType,
    receivedAt: localTimeOf(receipt.receivedAt),
    regionCode: receipt.regionCode,
    applicant: compact({ type, name, ...certificateOf(receipt.applicant, 'applicant'), mobile }),
    agent: receipt.agent && { name: receipt.agent.name, ...certificateOf(receipt.agent, 'agent'), mobile: receipt.agent.mobile },
    legalRepresentative: receipt.legalRepresentative,
    accountHolder: receipt.accountHolder && { name: receipt.accountHolder.name, ...certificateOf(receipt.accountHolder, 'accountHolder') },
    relative: receipt.relative && {
      name: receipt.relative.name, ...certificateOf(receipt.relative, 'relative'), relation: receipt.relative.relation,
    },
    unitAccountNo: receipt.unitAccountNo,
    personalAccountNo: receipt.personalAccountNo,
    payee: receipt.payee && { bankCode: receipt.payee.bankCode, accountNo: receipt.payee.accountNo },
    amount: receipt.amount === undefined ? undefined : decimalMoney(receipt.amount, 'amount'),
    ratios: receipt.ratios && decimalRatios(receipt.ratios),
    materials: translateMaterials(receipt.materials),
    paper: paperOf(intake, receipt.materials, receipt.receivedAt, receipt.paper),
  });
}

/** What was handed in, without the hall's own bookkeeping. */
export function translateMaterials(materials: readonly Material[]): WorkMaterial[] {
  return materials.filter((material) => material.taken || material.attachments.length > 0).map((material) => ({
    materialCode: material.materialCode, name: material.name, form: material.form, originals: material.originals, copies: material.copies,
    attachments: material.attachments.map(({ fileId, name, mime, size, sm3 }) => ({ fileId, name, mime, size, sm3 })),
  }));
}

/** Where the paper taken at `takenAt` lies, and until when; `undefined` when none was taken. */
export function paperOf(intake: IntakeSnapshot, materials: readonly Material[], takenAt: string, count?: Receipt['paper']): PaperPlace | undefined {
  const taken = materials.some((material) => material.taken && material.form !== 'electronic');
  if (!taken && (count?.sheetCount ?? 0) === 0) return undefined;
  const keptUntil = paperDueAt(takenAt).slice(0, 'yyyy-MM-dd'.length);
  return compact({ hall: hallOf(intake), keptUntil, sheetCount: count?.sheetCount, batchNo: count?.batchNo });
}

/** Fields without a value are left out, as the contract wants it. */
export function compact<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

/** The item's business type (JGJ/T 320 A.5); where the item leaves it open, the field that the catalogue names decides. */
function businessTypeOf({ businessTypeCode, businessTypeBy }: FundCodes, receipt: Receipt): string | undefined {
  if (businessTypeBy === undefined) return businessTypeCode ?? undefined;
  const { field, cases } = businessTypeBy;
  const said = String(required(receipt[field], field));
  const row = cases.find(({ when }) => when === said);
  return row?.code ?? untranslatable(field, `“${field}”没有对应的业务类型`, `${field} leads to no business type`);
}

function certificateOf(bearer: { readonly certType: string; readonly certNo: string }, field: string): { certType: string; certNo: string } {
  const row = catalogue().certificateType(bearer.certType);
  return { certType: required(row?.jgj, `${field}.certType`), certNo: bearer.certNo };
}
