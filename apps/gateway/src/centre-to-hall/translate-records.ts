import { localTimeOf } from '#contracts';
import type {
  Acceptance, CaseResult, CaseSupplementRequiredData, Decision, EndedSpecialProcedure, Operator, ResultCode, ReviewStep, SpecialProcedure,
  UpdateAcceptance, UpdateResult, UpdateSpecialProcedure, UpdateStep, UpdateSupplementNotice,
} from '#contracts';
import { compact } from '../hall-to-centre/translate-application.ts';
import { mapped } from '../hall-to-centre/untranslatable.ts';
import { DECISION_STEP, PLATFORM_ACTIONS, PLATFORM_RESULTS, PROMISE_UNITS } from './platform-codes.ts';

/** How a case ended, before it is put in the platform's codes. */
export interface Ending {
  readonly code: ResultCode;
  readonly description?: string;
  readonly docName?: string;
  readonly docNo?: string;
  readonly at: string;
  readonly by: string;
}

const DESCRIPTION_MAX = 1000;

/** 受理. The organisation is the one that accepts, else the operator's. */
export function acceptanceRecord(acceptance: Acceptance, operator: Operator): UpdateAcceptance {
  const { acceptedAt, acceptDocNo, acceptOrgCode, acceptOrgName, promise, fundBusinessNo } = acceptance;
  return compact({
    acceptedAt: localTimeOf(acceptedAt), acceptedBy: operator.name, acceptDocNo,
    orgCode: acceptOrgCode ?? operator.orgCode, orgName: acceptOrgName ?? operator.orgName,
    promise: { value: promise.value, unitCode: mapped(PROMISE_UNITS, promise.unit, 'promise.unit'), dueAt: localTimeOf(promise.dueAt) },
    fundBusinessNo,
  });
}

/** 办理环节. A step without an end gets its start (GB/T 39046 table 7: 如没有结束时间，则填写开始时间). */
export function stepRecord(step: ReviewStep): UpdateStep {
  return compact({
    name: step.name, action: mapped(PLATFORM_ACTIONS, step.action, 'step.action'), handler: step.handler, opinion: step.opinion,
    startedAt: localTimeOf(step.startedAt), endedAt: localTimeOf(step.endedAt ?? step.startedAt), state: step.state,
  });
}

/** 审核决定, which the platform knows only as a step. */
export function decisionRecord(decision: Decision): UpdateStep {
  return stepRecord({
    name: DECISION_STEP, action: decision.approved ? 'pass' : 'return', handler: decision.decidedBy, opinion: decision.reason,
    startedAt: decision.decidedAt, state: '2',
  });
}

/** 特别程序, begun or ended. */
export function specialRecord(special: SpecialProcedure | EndedSpecialProcedure, operator: Operator): UpdateSpecialProcedure {
  const { type, name, reason, startedAt } = special;
  const end = 'endedAt' in special ? { endedAt: localTimeOf(special.endedAt), result: special.result } : {};
  return { type, name, reason, startedAt: localTimeOf(startedAt), handler: operator.name, ...end };
}

/** 补正告知. */
export function supplementRecord(data: CaseSupplementRequiredData): UpdateSupplementNotice {
  const { no, reason, items, notifiedAt, dueAt, noticeDocNo, operator } = data;
  return compact({
    no, reason, items: items.map(({ materialCode, name, problem }) => ({ materialCode, name, problem })),
    notifiedAt: localTimeOf(notifiedAt), notifiedBy: operator.name, dueAt: localTimeOf(dueAt), noticeDocNo,
  });
}

/** 办结 by the centre's completion. */
export function completionRecord(result: CaseResult): UpdateResult {
  const { code, description, docName, docNo, completedAt, completedBy } = result;
  return resultRecord({ code, description, docName, docNo, at: completedAt, by: completedBy });
}

/** 办结 however the case ended. The description always begins with what the result means, for the platform's code alone does not say it. */
export function resultRecord({ code, description, docName, docNo, at, by }: Ending): UpdateResult {
  const { platformCode, platformResult, describe } = mapped(PLATFORM_RESULTS, code, 'result.code');
  const described = description === undefined || description.startsWith(describe) ? description ?? describe : `${describe}：${description}`;
  return compact({
    code, platformCode, platformResult, description: [...described].slice(0, DESCRIPTION_MAX).join(''), docName, docNo,
    completedAt: localTimeOf(at), completedBy: by,
  });
}
