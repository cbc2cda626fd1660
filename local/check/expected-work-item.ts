import type { CheckCatalogue } from './catalogue.ts';
import { localTime, monthLater } from './local-time.ts';
import type { Facts, Sent } from './record-lines.ts';

function part(facts: Facts, name: string): Facts | undefined {
  return facts[name] as Facts | undefined;
}

function person(facts: Facts, name: string, catalogue: CheckCatalogue): Facts | undefined {
  const given = part(facts, name);
  return given === undefined ? undefined : { ...given, certType: catalogue.fundCertType(given.certType) };
}

/** decimal(4,2) from a percentage as people write it. */
function fraction(percent: unknown): string {
  return (Number(percent) / 100).toFixed(2);
}

function ratios(receipt: Facts): Facts | undefined {
  const given = part(receipt, 'ratios');
  return given === undefined ? undefined : { unit: fraction(given.unitPercent), personal: fraction(given.personalPercent) };
}

/** What the centre must be told of a receipt: its own codes, decimal money, the materials' digest, where the paper lies; and nothing more. */
function application(receipt: Facts, hall: string, catalogue: CheckCatalogue): Facts {
  const itemCode = String(receipt.itemCode);
  const receivedAt = String(receipt.receivedAt);
  return {
    businessType: catalogue.businessType(itemCode, receipt), withdrawalReason: catalogue.withdrawalReason(itemCode),
    projectType: receipt.projectType, receivedAt: localTime(Date.parse(receivedAt)), regionCode: receipt.regionCode,
    applicant: person(receipt, 'applicant', catalogue), agent: person(receipt, 'agent', catalogue), relative: person(receipt, 'relative', catalogue),
    accountHolder: person(receipt, 'accountHolder', catalogue), legalRepresentative: receipt.legalRepresentative,
    unitAccountNo: receipt.unitAccountNo, personalAccountNo: receipt.personalAccountNo, payee: receipt.payee,
    amount: receipt.amount === undefined ? undefined : Number(receipt.amount).toFixed(2), ratios: ratios(receipt), materials: receipt.materials,
    paper: { 'hall.code': hall, keptUntil: monthLater(Date.parse(receivedAt)), sheetCount: part(receipt, 'paper')?.sheetCount },
    // The hall's own bookkeeping stays with the hall.
    formalCheck: undefined, windowNo: undefined, applySource: undefined, itemVersion: undefined, transferDirection: undefined, closesAccount: undefined,
  };
}

/** What a work item caused by this event must say. A name with a dot is a path; `undefined` means it must not be there. */
export function expectedWorkItem(sent: Sent, kind: string, hall: string, itemCode: string, catalogue: CheckCatalogue): Facts {
  const { facts } = sent;
  const bodies: Readonly<Record<string, () => Facts>> = {
    open: () => ({ application: application(facts, hall, catalogue) }),
    correct: () => ({ correction: { reason: facts.reason, application: application(part(facts, 'receipt') ?? {}, hall, catalogue) } }),
    supplement: () => ({ supplement: { no: facts.no, submittedAt: localTime(Date.parse(String(facts.submittedAt))), materials: facts.materials } }),
    withdraw: () => ({ withdrawal: { reason: facts.reason, withdrawnAt: localTime(Date.parse(String(facts.withdrawnAt))) } }),
    void: () => ({ voiding: { code: facts.code, reason: facts.reason, voidedAt: localTime(Date.parse(String(facts.voidedAt))) } }),
  };
  return {
    kind, projectNo: sent.projectNo, dataVersion: sent.source === '/bureau' ? ANYTHING : sent.dataVersion, cdOperation: kind === 'correct' ? 'U' : ANYTHING,
    occurredAt: localTime(sent.at), itemCode, 'hall.code': hall, ...bodies[kind]?.(),
  };
}

/** A value that is there, whatever it is. */
export const ANYTHING = Symbol('anything');
