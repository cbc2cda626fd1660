import type { Item } from '../catalogue.ts';
import { instant } from '../cloud-event.ts';
import { contentDigest } from '../signing/scheme.ts';

/** 材料 in the published form. */
export interface Material {
  readonly materialCode: string;
  readonly name: string;
  readonly required: boolean;
  readonly form: 'paper' | 'both';
  readonly originals: number;
  readonly copies: number;
  readonly taken: true;
  readonly takenAt: string;
  readonly attachments: readonly { readonly fileId: string; readonly name: string; readonly mime: string; readonly size: number; readonly sm3: string }[];
}

const OPTIONAL_SHARE = 0.25;
const AGENTS_MATERIALS = new Set(['POA', 'ID_AGENT', 'UNIT_SEAL_AUTH']);

/** One material as it lies on the desk. `edition` tells the paper of a supplement from that of the receipt. */
export function materialOf(
  entry: { materialCode: string; nameZh: string; required: boolean; form: string }, takenAt: number, owner: string, edition: number,
): Material {
  const { materialCode, nameZh, required, form } = entry;
  const fileId = `F-${owner}-${materialCode}-${edition}`;
  const scanned = form !== 'original';
  const sm3 = contentDigest('HMAC-SM3', fileId);
  return {
    materialCode, name: nameZh, required, form: scanned ? 'both' : 'paper',
    originals: form === 'copy' ? 0 : 1, copies: form === 'original' ? 0 : 1, taken: true, takenAt: instant(takenAt),
    attachments: scanned ? [{ fileId, name: `${materialCode}.pdf`, mime: 'application/pdf', size: 20_000 + (Number.parseInt(sm3.slice(0, 5), 16) % 400_000), sm3 }] : [],
  };
}

/** The required materials, one of each group of which one is required, some of the rest, and the agent's where one stands at the window. */
export function materialsTaken(random: () => number, item: Item, byAgent: boolean, takenAt: number, owner: number): Material[] {
  const oneOf = new Set((item.materialsAtLeastOneOf ?? []).map(({ anyOf }) => anyOf[0]));
  return item.materials
    .filter((entry) => {
      const chance = random();
      if (entry.required || oneOf.has(entry.materialCode)) return true;
      return AGENTS_MATERIALS.has(entry.materialCode) ? byAgent : chance < OPTIONAL_SHARE;
    })
    .map((entry) => materialOf(entry, takenAt, String(owner), 1));
}
