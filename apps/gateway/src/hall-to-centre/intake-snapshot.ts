import { catalogue } from '#contracts';
import type { CaseCorrectedData, CaseSupplementSubmittedData, CatalogueItem, HallName, Material, Receipt } from '#contracts';
import { required } from './untranslatable.ts';

/** What a translation needs to know of a case: its number, its hall, and the receipt as it now reads. */
export interface IntakeSnapshot {
  readonly projectNo: string;
  readonly hallCode: string;
  readonly itemCode: string;
  readonly receipt: Receipt;
}

/** The receipt after a supplement: a material that came again takes the place of the one with its code, a new one is added. */
export function mergeSupplement(receipt: Receipt, data: Pick<CaseSupplementSubmittedData, 'materials'>): Receipt {
  return { ...receipt, materials: overlaid(receipt.materials, data.materials) };
}

/**
 * The receipt after a correction: the corrected one, whole, but nothing that was handed in disappears because the correction does not
 * name it (a supplement may have brought it). To take a material back, a correction names it as not taken.
 */
export function applyCorrection(receipt: Receipt, data: Pick<CaseCorrectedData, 'receipt'>): Receipt {
  return data.receipt === undefined ? receipt : { ...data.receipt, materials: overlaid(receipt.materials, data.receipt.materials) };
}

/** The case's item in the catalogue in force. */
export function itemOf(intake: IntakeSnapshot): CatalogueItem {
  return required(catalogue().item(intake.itemCode), 'itemCode');
}

/** The case's hall, by the catalogue in force. */
export function hallOf(intake: IntakeSnapshot): HallName {
  const { code, name } = required(catalogue().hall(intake.hallCode), 'hallCode');
  return { code, name };
}

function overlaid(present: readonly Material[], brought: readonly Material[]): Material[] {
  const byCode = new Map([...present, ...brought].map((material) => [material.materialCode, material]));
  return [...byCode.values()];
}
