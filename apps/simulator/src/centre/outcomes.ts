import { eventText, instant } from '../cloud-event.ts';
import type { Operator } from '../cloud-event.ts';
import type { Parcel } from '../http/sender.ts';
import { factsOf } from '../record/facts.ts';
import type { SendingLine } from '../record/record-lines.ts';
import type { CentreStep } from '../scenario/flows.ts';
import type { CentreCase } from './centre-case.ts';
import { roundAt } from './centre-case.ts';

type Outcome = Exclude<CentreStep, 'awaitCorrection' | 'awaitSupplement' | 'awaitWithdrawal' | 'awaitVoid'>;

interface Scene {
  readonly one: CentreCase;
  readonly input: Readonly<Record<string, unknown>>;
  readonly at: number;
}

const DAY_MS = 86_400_000;
/** A timeout has to come about while somebody watches. */
const SHORT_SUPPLEMENT_MS = 250;
const ORG = '市住房公积金管理中心';
const EXAMINER: Operator = { id: 'centre-examiner-1', name: '测试受理员', orgName: ORG };
const REVIEWER: Operator = { id: 'centre-reviewer-1', name: '测试审核员', orgName: ORG };

function acceptance({ one }: Scene, at: number, days: number): object {
  return {
    acceptedAt: instant(at), acceptDocNo: `SL-${one.scenario.index}`, acceptOrgName: ORG,
    promise: { value: days, unit: 'workday', dueAt: instant(at + days * DAY_MS) }, fundBusinessNo: `YW-${one.scenario.seed}-${one.scenario.index}`,
  };
}

function step(at: number, opinion: string): object {
  return { name: '业务审核', action: 'pass', handler: REVIEWER.name, opinion, startedAt: instant(at - 60_000), endedAt: instant(at), state: '2' };
}

function result({ one }: Scene, at: number, code: 'APPROVED' | 'REJECTED', description: string): object {
  const paper = code === 'APPROVED' ? { docName: '住房公积金业务办理结果', docNo: `BJ-${one.scenario.seed}-${one.scenario.index}` } : {};
  return { code, description, ...paper, completedAt: instant(at), completedBy: REVIEWER.name };
}

function decision(at: number, approved: boolean): object {
  return { approved, ...(approved ? {} : { reason: '不符合提取（办理）条件' }), decidedAt: instant(at), decidedBy: REVIEWER.name };
}

function special(at: number): object {
  return { type: '2', name: '实地核查', reason: '申请材料需实地核查', startedAt: instant(at) };
}

/** Corrections repeat what they correct with its own time, which the plan carries in `input.of`. */
function when({ input, at }: Scene): number {
  return typeof input.of === 'number' ? input.of : at;
}

function returned(code: string, reason: string): (scene: Scene) => object {
  return ({ at }) => ({ operator: EXAMINER, code, reason, returnedAt: instant(at) });
}

function correction(corrects: string, body: (scene: Scene) => object): (scene: Scene) => object {
  return (scene) => ({ operator: REVIEWER, reason: '中心核对后更正', corrects, ...body(scene) });
}

const OUTCOMES: Record<Outcome, { readonly type: string; readonly data: (scene: Scene) => object }> = {
  accept: { type: 'case.accepted', data: (scene) => ({ operator: EXAMINER, ...acceptance(scene, scene.at, 3) }) },
  requireSupplement: {
    type: 'case.supplement.required',
    data: ({ input, at }) => ({
      operator: EXAMINER, no: input.no, reason: '申请材料不齐全，一次告知如下', items: input.items,
      notifiedAt: instant(at), dueAt: instant(Number(input.dueAt)), noticeDocNo: `BZ-${String(input.no)}`,
    }),
  },
  return: { type: 'case.returned', data: returned('RETURNED', '申请内容与材料不一致，退回申请人') },
  notAccept: { type: 'case.returned', data: returned('NOT_ACCEPTED', '不属于本中心受理范围') },
  returnTimeout: { type: 'case.returned', data: returned('SUPPLEMENT_TIMEOUT', '补正期限届满，申请人未补正') },
  recordStep: { type: 'case.step.recorded', data: ({ at }) => ({ operator: REVIEWER, step: step(at, '材料齐全，符合规定') }) },
  suspend: { type: 'case.suspended', data: ({ at }) => ({ operator: REVIEWER, special: special(at) }) },
  resume: {
    type: 'case.resumed',
    data: (scene) => ({ operator: REVIEWER, special: { ...special(when(scene)), endedAt: instant(scene.at), result: '核查无误，恢复办理' } }),
  },
  approve: { type: 'case.decided', data: ({ at }) => ({ operator: REVIEWER, decision: decision(at, true) }) },
  reject: { type: 'case.decided', data: ({ at }) => ({ operator: REVIEWER, decision: decision(at, false) }) },
  complete: { type: 'case.completed', data: (scene) => ({ operator: REVIEWER, result: result(scene, scene.at, 'APPROVED', '准予办理') }) },
  completeRejected: { type: 'case.completed', data: (scene) => ({ operator: REVIEWER, result: result(scene, scene.at, 'REJECTED', '不予批准') }) },
  completeImmediate: {
    type: 'case.completed',
    data: (scene) => ({ operator: REVIEWER, result: result(scene, scene.at, 'APPROVED', '即时办结'), decision: decision(scene.at, true) }),
  },
  rejectImmediate: {
    type: 'case.completed',
    data: (scene) => ({ operator: REVIEWER, result: result(scene, scene.at, 'REJECTED', '不予批准'), decision: decision(scene.at, false) }),
  },
  withdraw: { type: 'case.withdrawn', data: ({ at }) => ({ operator: EXAMINER, reason: '申请人向中心提出撤回', withdrawnAt: instant(at) }) },
  correctAcceptance: { type: 'case.corrected', data: correction('case.accepted', (scene) => ({ acceptance: acceptance(scene, when(scene), 5) })) },
  correctStep: { type: 'case.corrected', data: correction('case.step.recorded', (scene) => ({ step: step(when(scene), '材料齐全，符合规定（更正意见）') })) },
  correctCompletion: {
    type: 'case.corrected', data: correction('case.completed', (scene) => ({ completion: result(scene, when(scene), 'APPROVED', '准予办理（更正说明）') })),
  },
};

/** Steps that repeat or end the one just before them. */
const LOOKS_BACK: ReadonlySet<CentreStep> = new Set<CentreStep>(['resume', 'correctAcceptance', 'correctStep', 'correctCompletion']);

/** Steps that are never sent before the one ahead of them: they look back at it, or wait until its time is over. */
export const NEVER_AHEAD: ReadonlySet<CentreStep> = new Set<CentreStep>([...LOOKS_BACK, 'returnTimeout']);

/** What a step needs to know besides the time: its place, and what earlier steps left behind. */
function inputOf(one: CentreCase, name: Outcome, place: number, at: number): Record<string, unknown> {
  if (LOOKS_BACK.has(name)) return { place, of: one.lastAt };
  if (name !== 'requireSupplement') return { place };
  const timeout = one.scenario.flow.hall.onSupplementNotice === 'nothing';
  const no = roundAt(one.scenario.centreSteps, place) + 1;
  const items = one.known.slice(0, 2).map(({ materialCode, name: materialName }) => ({ materialCode, name: materialName, problem: '复印件不清晰，请重新提交' }));
  return { place, no, items, dueAt: Math.ceil(at) + (timeout ? SHORT_SUPPLEMENT_MS : 5 * DAY_MS) };
}

/** The line that announces the centre's next word. */
export function sendingLine(one: CentreCase, name: CentreStep, place: number, at: number, n: number): SendingLine {
  const outcome = OUTCOMES[name as Outcome];
  const input = inputOf(one, name as Outcome, place, at);
  const corrects = outcome.type === 'case.corrected';
  return {
    k: 'sending', n, id: `${one.projectNo}.c${place}`, source: '/centre', type: outcome.type, projectNo: one.projectNo, step: name,
    sequence: one.sequence + 1, dataVersion: one.dataVersion + (corrects ? 1 : 0), input, facts: factsOf(outcome.data({ one, input, at })), at,
  };
}

/** The event a line announced; the same text each time it is built. */
export function parcelOf(one: CentreCase, line: SendingLine): Parcel {
  const data = OUTCOMES[line.step as Outcome].data({ one, input: line.input, at: line.at });
  return { line, appKey: 'centre', target: '/v1/outcome-events', text: eventText({ ...line, subject: one.projectNo, data }) };
}
