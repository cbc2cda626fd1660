import type { Catalogue, Hall } from '../catalogue.ts';
import { eventText, instant } from '../cloud-event.ts';
import type { Parcel } from '../http/sender.ts';
import { factsOf } from '../record/facts.ts';
import type { SendingLine } from '../record/record-lines.ts';
import { randomOf } from '../scenario/random.ts';
import { BUREAU_OPERATOR, clerksOf, grantData, newClerkOf, revocationData } from './clerks.ts';
import type { Clerk } from './clerks.ts';
import type { HallCase, HallStep } from './hall-case.ts';
import { materialOf } from './materials.ts';
import type { Material } from './materials.ts';
import { itemOf, receiptOf } from './receipt.ts';

interface StepForm {
  readonly type: string;
  /** Its part of the event id. */
  readonly mark: string;
  /** Whether the event counts in the hall's numbering of the case. Paper goes its own way, the bureau does not number. */
  readonly numbered: boolean;
  /** Said by the bureau, not by the hall. */
  readonly bureau?: true;
  readonly data: (scene: Scene) => object;
}

interface Scene {
  readonly catalogue: Catalogue;
  readonly one: HallCase;
  readonly hall: Hall;
  readonly clerk: Clerk;
  readonly input: Readonly<Record<string, unknown>>;
  readonly at: number;
}

function operatorOf({ clerk }: Scene): object {
  return { id: clerk.id, name: clerk.name, orgName: clerk.orgName };
}

function suppliedMaterials({ catalogue, one, input, at }: Scene): Material[] {
  const known = new Map(itemOf(catalogue, one.scenario).materials.map((entry) => [entry.materialCode, entry]));
  const asked = input.items as readonly { materialCode: string; name: string }[];
  return asked.map(({ materialCode, name }) =>
    materialOf(known.get(materialCode) ?? { materialCode, nameZh: name, required: true, form: 'original' }, at, String(one.scenario.index), 1 + Number(input.no)));
}

function sheets({ catalogue, one, hall, clerk }: Scene): number {
  const { materials } = receiptOf(catalogue, one.scenario, hall, clerk, one.receivedAt);
  return materials.reduce((sum, material) => sum + material.originals + material.copies, 0);
}

const STEPS: Record<HallStep, StepForm> = {
  grant: {
    type: 'permission.granted', mark: 'g', numbered: false, bureau: true,
    data: ({ catalogue, one, hall, clerk, at }) => grantData(hall, clerk, itemOf(catalogue, one.scenario).code, at),
  },
  revoke: {
    type: 'permission.revoked', mark: 'e', numbered: false, bureau: true,
    data: ({ clerk, at }) => revocationData(clerk, at),
  },
  receive: {
    type: 'case.received', mark: 'r', numbered: true,
    data: (scene) => ({ operator: operatorOf(scene), ...receiptOf(scene.catalogue, scene.one.scenario, scene.hall, scene.clerk, scene.at) }),
  },
  correct: {
    type: 'case.corrected', mark: 'x', numbered: true,
    data: (scene) => ({
      operator: operatorOf(scene), reason: '窗口录入有误，按申请人材料更正', corrects: 'case.received',
      receipt: receiptOf(scene.catalogue, scene.one.scenario, scene.hall, scene.clerk, scene.one.receivedAt, 2),
    }),
  },
  submit: {
    type: 'case.supplement.submitted', mark: 's', numbered: true,
    data: (scene) => ({ operator: operatorOf(scene), no: scene.input.no, materials: suppliedMaterials(scene), submittedAt: instant(scene.at) }),
  },
  withdraw: {
    type: 'case.withdrawn', mark: 'w', numbered: true,
    data: (scene) => ({ operator: operatorOf(scene), reason: '申请人自愿撤回申请', withdrawnAt: instant(scene.at) }),
  },
  void: {
    type: 'case.voided', mark: 'v', numbered: false, bureau: true,
    data: (scene) => ({ operator: BUREAU_OPERATOR, reason: '重复录入，市局核实后作废', code: 'VOIDED', voidedAt: instant(scene.at) }),
  },
  takePaper: {
    type: 'paper.received', mark: 'p', numbered: false,
    data: (scene) => ({ operator: operatorOf(scene), sheetCount: sheets(scene), at: instant(scene.at) }),
  },
  handOverPaper: {
    type: 'paper.handedOver', mark: 'h', numbered: false,
    data: (scene) => ({
      operator: operatorOf(scene), sheetCount: sheets(scene), at: instant(scene.at), batchNo: `P-${scene.hall.code}-1`,
      handoverFrom: scene.hall.name, handoverTo: '市住房公积金管理中心',
    }),
  },
};

function sceneOf(catalogue: Catalogue, one: HallCase, input: Readonly<Record<string, unknown>>, at: number): Scene {
  const hall = catalogue.halls.find((candidate) => candidate.code === one.hall);
  if (hall === undefined) throw new Error(`${one.projectNo}: hall ${one.hall} is not in the catalogue`);
  const clerks = clerksOf(hall);
  const clerk = input.newClerk === true ? newClerkOf(hall, one.projectNo) : clerks[Math.floor(randomOf(`clerk/${one.projectNo}`)() * clerks.length)];
  if (clerk === undefined) throw new Error(`hall ${one.hall} has no clerk`);
  return { catalogue, one, hall, clerk, input, at };
}

/** The data of lines announced in this run; those of an earlier one are built again. */
const built = new WeakMap<SendingLine, object>();

/** The line that announces the next thing the window says. */
export function sendingLine(catalogue: Catalogue, one: HallCase, step: HallStep, input: Readonly<Record<string, unknown>>, at: number, n: number): SendingLine {
  const form = STEPS[step];
  const begun = step === 'receive' ? { ...one, receivedAt: at } : one;
  const data = form.data(sceneOf(catalogue, begun, input, at));
  const line: SendingLine = {
    k: 'sending', n, id: idOf(one.projectNo, step, input), source: form.bureau === true ? '/bureau' : `/halls/${one.hall}`, type: form.type,
    projectNo: one.projectNo, step, input, sequence: form.numbered ? one.sequence + 1 : null,
    dataVersion: step === 'correct' ? one.dataVersion + 1 : one.dataVersion, facts: factsOf(data), at,
  };
  built.set(line, data);
  return line;
}

/** Every step has an id of its own in its case, the same on every try; rounds are told apart by their number. */
function idOf(projectNo: string, step: HallStep, input: Readonly<Record<string, unknown>>): string {
  return `${projectNo}.${STEPS[step].mark}${typeof input.no === 'number' ? input.no : ''}`;
}

/** The event a line announced; the same text each time it is built. */
export function parcelOf(catalogue: Catalogue, one: HallCase, line: SendingLine): Parcel {
  const data = built.get(line) ?? STEPS[line.step as HallStep].data(sceneOf(catalogue, one, line.input, line.at));
  const bureau = line.source === '/bureau';
  return {
    line, appKey: bureau ? 'bureau' : `hall-${one.hall}`, target: bureau ? '/v1/bureau/events' : `/v1/halls/${one.hall}/intake-events`,
    text: eventText({ ...line, ...(line.type.startsWith('permission.') ? {} : { subject: one.projectNo }), data }),
  };
}
