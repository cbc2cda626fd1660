import { ANYTHING } from './expected-work-item.ts';
import { localTime } from './local-time.ts';
import type { Facts, Sent } from './record-lines.ts';

/** A text that must occur in what is shown. */
export class Containing {
  readonly text: string;

  constructor(text: unknown) {
    this.text = typeof text === 'string' ? text : '';
  }
}

const ACTIONS: Facts = { pass: '通过', return: '退回', other: '其他' };
const UNITS: Facts = { workday: '1', day: '2', hour: '3' };
/** The platform's result: 10 办结, 09 作废办结, 13 退件, 07 不予受理. */
const RESULTS: Readonly<Record<string, readonly [string, string]>> = {
  APPROVED: ['10', '办结'], REJECTED: ['10', '办结'], NOT_ACCEPTED: ['07', '不予受理'], RETURNED: ['13', '退件'],
  WITHDRAWN: ['13', '退件'], SUPPLEMENT_TIMEOUT: ['13', '退件'], VOIDED: ['09', '作废办结'], DELETED: ['09', '作废办结'],
};

function time(value: unknown): string | undefined {
  return value === undefined ? undefined : localTime(Date.parse(value as string));
}

function acceptance(body: Facts, operator: Facts): Facts {
  const promise = body.promise as Facts;
  return {
    acceptedAt: time(body.acceptedAt), acceptedBy: operator.name, acceptDocNo: body.acceptDocNo, orgName: body.acceptOrgName ?? operator.orgName,
    promise: { value: promise.value, unitCode: UNITS[String(promise.unit)], dueAt: time(promise.dueAt) }, fundBusinessNo: body.fundBusinessNo,
  };
}

function step(body: Facts): Facts {
  return {
    name: body.name, action: ACTIONS[String(body.action)], handler: body.handler, opinion: body.opinion,
    startedAt: time(body.startedAt), endedAt: time(body.endedAt ?? body.startedAt), state: body.state,
  };
}

function decision(body: Facts): Facts {
  const at = time(body.decidedAt);
  return {
    name: ANYTHING, action: body.approved === true ? '通过' : '退回', handler: body.decidedBy, opinion: body.reason, startedAt: at, endedAt: at, state: '2',
  };
}

function result(code: unknown, description: unknown, at: unknown, by: unknown, more: Facts = {}): Facts {
  const [platformCode, platformResult] = RESULTS[String(code)] ?? [];
  return {
    code, platformCode, platformResult, description: new Containing(description), docName: more.docName, docNo: more.docNo,
    completedAt: time(at), completedBy: by,
  };
}

function completion(body: Facts): Facts {
  return result(body.code, body.description, body.completedAt, body.completedBy, body);
}

function special(body: Facts, operator: Facts): Facts {
  const { type, name, reason } = body;
  return { type, name, reason, startedAt: time(body.startedAt), handler: operator.name, endedAt: time(body.endedAt), result: body.result };
}

function notice(facts: Facts, operator: Facts): Facts {
  const { no, reason, items, noticeDocNo } = facts;
  return { no, reason, items, notifiedAt: time(facts.notifiedAt), notifiedBy: operator.name, dueAt: time(facts.dueAt), noticeDocNo };
}

type Body = (facts: Facts, operator: Facts) => Facts;

const BODIES: Readonly<Record<string, Body>> = {
  'case.accepted': (facts, operator) => ({ acceptance: acceptance(facts, operator) }),
  'case.supplement.required': (facts, operator) => ({ supplementNotice: notice(facts, operator) }),
  'case.returned': (facts, operator) => ({ result: result(facts.code, facts.reason, facts.returnedAt, operator.name) }),
  'case.step.recorded': (facts) => ({ step: step(facts.step as Facts) }),
  'case.decided': (facts) => ({ step: decision(facts.decision as Facts) }),
  'case.suspended': (facts, operator) => ({ specialProcedure: special(facts.special as Facts, operator) }),
  'case.resumed': (facts, operator) => ({ specialProcedure: special(facts.special as Facts, operator) }),
  'case.completed': (facts) => ({
    result: completion(facts.result as Facts), step: facts.decision === undefined ? undefined : decision(facts.decision as Facts),
  }),
  'case.withdrawn': (facts, operator) => ({ result: result('WITHDRAWN', facts.reason, facts.withdrawnAt, operator.name) }),
  'case.voided': (facts, operator) => ({ result: result(facts.code, facts.reason, facts.voidedAt, operator.name) }),
  'case.corrected': (facts, operator) => corrected(facts, operator),
};

function corrected(facts: Facts, operator: Facts): Facts {
  if (facts.acceptance !== undefined) return { acceptance: acceptance(facts.acceptance as Facts, operator) };
  if (facts.step !== undefined) return { step: step(facts.step as Facts) };
  return { result: completion(facts.completion as Facts) };
}

function operationOf(sent: Sent): string {
  if (sent.type === 'case.corrected') return 'U';
  return sent.type === 'case.voided' && sent.facts.code === 'DELETED' ? 'D' : 'I';
}

/** What a completion update caused by this event must show at the hall. A name with a dot is a path; `undefined` means it must not be there. */
export function expectedUpdate(sent: Sent, kind: string, hall: string, itemCode: string): Facts {
  return {
    recordKind: kind, projectNo: sent.projectNo, dataVersion: sent.source === '/bureau' ? ANYTHING : sent.dataVersion, cdOperation: operationOf(sent),
    occurredAt: localTime(sent.at), itemCode, 'hall.code': hall, ...BODIES[sent.type]?.(sent.facts, (sent.facts.operator ?? {}) as Facts),
  };
}
