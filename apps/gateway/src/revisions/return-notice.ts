import { catalogue, fieldsByPath, formOf, localTimeOf } from '#contracts';
import type { CompletionUpdate, FieldProblem, Receipt, SupplementItem } from '#contracts';
import { translated } from '../hall-to-centre/untranslatable.ts';
import type { Translated } from '../hall-to-centre/untranslatable.ts';
import { hallOf, itemOf } from '../hall-to-centre/intake-snapshot.ts';
import type { IntakeSnapshot } from '../hall-to-centre/intake-snapshot.ts';

/** One thing that is wrong: a field of the work item, or a material. */
export interface ReturnItem {
  readonly path?: string | undefined;
  readonly materialCode?: string | undefined;
  readonly problem: string;
}

/** What the bridge tells a hall when it returns a work item to it. */
export interface ReturnNotice {
  readonly intake: IntakeSnapshot;
  readonly updateNumber: number;
  readonly noticeNo: number;
  readonly reason: string;
  readonly items: readonly SupplementItem[];
  readonly dataVersion: number;
  /** RFC 3339. */
  readonly at: string;
}

/** The notices of the bridge are counted down from here, so that none bears the number of a round of the centre's, which count up from 1. */
const FIRST_NO = 99;
/** No case is returned more often than this. */
export const MOST_RETURNS = 20;
const DAYS_TO_CORRECT = 5;
const DAY_MS = 86_400_000;
const CODE_MAX = 40;
const REASON_MAX = 1000;

/** Number of the notice after so many others of the case. */
export function noticeNoAfter(returns: number): number {
  return FIRST_NO - returns;
}

/**
 * 桥接退回更正: the record kind is that of a supplement notice, because that is what halls' systems have for "mend this"; its text, its sender and
 * its number say that it is the bridge's and no decision of the centre's. The status of the case does not change.
 */
export function returnNotice({ intake, updateNumber, noticeNo, reason, items, dataVersion, at }: ReturnNotice): Translated<CompletionUpdate> {
  return translated(() => {
    const item = itemOf(intake);
    const said = `桥接退回更正：${reason}。请更正收件信息后重报（case.corrected）；办件状态不变，本通知不是中心的补正告知。`;
    return {
      recordKind: 'supplement_notice', projectNo: intake.projectNo, updateSequence: updateNumber, dataVersion, cdOperation: 'I', occurredAt: localTimeOf(at),
      itemCode: item.code, itemName: item.nameZhDisplay, hall: hallOf(intake),
      supplementNotice: {
        no: noticeNo, reason: [...said].slice(0, REASON_MAX).join(''), items, notifiedAt: localTimeOf(at), notifiedBy: '就近办桥接系统',
        dueAt: localTimeOf(new Date(Date.parse(at) + DAYS_TO_CORRECT * DAY_MS).toISOString()), noticeDocNo: `桥接退回更正-${noticeNo}`,
      },
    };
  });
}

/** What is wrong, as the notice lists it; or which of the items name nothing that the work item has. */
export function noticeItems(kind: string, { receipt, itemCode }: IntakeSnapshot, items: readonly ReturnItem[]): { readonly items: SupplementItem[]; readonly problems: FieldProblem[] } {
  const fields = fieldsByPath(formOf('centre', kind));
  const made: SupplementItem[] = [];
  const problems: FieldProblem[] = [];
  items.forEach(({ path, materialCode, problem }, index) => {
    const named = path === undefined ? materialNamed(materialCode, receipt, itemCode) : fieldNamed(path, fields.get(path.replaceAll(/\[\d+\]/g, '[]'))?.zh);
    if (named === null || (path === undefined) === (materialCode === undefined)) {
      problems.push({ field: `items[${index}]`, rule: 'known-item', zh: '须写明表单中的一个字段（path）或该办件的一种材料（materialCode），只写其一', en: 'must name a field of the form, or a material of the case: one of the two' });
    } else made.push({ ...named, problem });
  });
  return { items: made, problems };
}

/** Fields have no material code: theirs says that it is one of the data. */
function fieldNamed(path: string, zh: string | undefined): Pick<SupplementItem, 'materialCode' | 'name'> | null {
  if (zh === undefined) return null;
  const last = path.split('.').slice(-2).join('_').replaceAll(/[^A-Za-z0-9]+/g, '_').toUpperCase();
  return { materialCode: `DATA_${last}`.slice(0, CODE_MAX), name: `数据项：${zh}` };
}

function materialNamed(code: string | undefined, receipt: Receipt, itemCode: string): Pick<SupplementItem, 'materialCode' | 'name'> | null {
  if (code === undefined) return null;
  const name = receipt.materials.find((material) => material.materialCode === code)?.name
    ?? catalogue().item(itemCode)?.materials.find((material) => material.materialCode === code)?.nameZh;
  return name === undefined ? null : { materialCode: code, name };
}
