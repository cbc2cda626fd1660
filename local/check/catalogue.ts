import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface BusinessTypeBy { readonly field: string; readonly cases: readonly { readonly when: string; readonly code: string }[] }

interface CatalogueItem {
  readonly code: string;
  readonly jgj320: { readonly businessTypeCode: string | null; readonly withdrawReasonCode: string | null; readonly businessTypeBy?: BusinessTypeBy };
}

/** The mapping columns of the catalogue, read for the comparison alone: what the centre must be told is worked out here a second time. */
export interface CheckCatalogue {
  /** JGJ/T 320 A.5; `undefined` where the item has none. */
  businessType(itemCode: string, receipt: Readonly<Record<string, unknown>>): string | undefined;
  /** JGJ/T 320 A.7; `undefined` but for withdrawals. */
  withdrawalReason(itemCode: string): string | undefined;
  /** JGJ/T 320 A.1 for a three-digit type. */
  fundCertType(code: unknown): string | undefined;
}

export function catalogueOf(items: readonly CatalogueItem[], certificateTypes: readonly { readonly code: string; readonly jgj: string }[]): CheckCatalogue {
  const codes = new Map(items.map((item) => [item.code, item.jgj320]));
  const fund = new Map(certificateTypes.map((row) => [row.code, row.jgj]));
  return {
    businessType: (itemCode, receipt) => {
      const row = codes.get(itemCode);
      const by = row?.businessTypeBy;
      if (by === undefined) return row?.businessTypeCode ?? undefined;
      return by.cases.find((one) => one.when === String(receipt[by.field]))?.code;
    },
    withdrawalReason: (itemCode) => codes.get(itemCode)?.withdrawReasonCode ?? undefined,
    fundCertType: (code) => fund.get(String(code)),
  };
}

/** @throws when a file is missing or not JSON. */
export function readCheckCatalogue(folder: string): CheckCatalogue {
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
  const { items } = read('items.json') as { items: readonly CatalogueItem[] };
  return catalogueOf(items, read('certificate-types.json') as readonly { code: string; jgj: string }[]);
}
