/**
 * The fields of messages that say nothing of a person: everything else is masked, also what a later contract may bring. A field is meant by
 * its name, with the part it stands in where the name alone does not tell.
 */
const HARMLESS = new Set([
  // The envelope of an event, and what every message says of itself.
  'specversion', 'source', 'subject', 'time', 'datacontenttype', 'schemaversion', 'dataversion', 'sequence', 'traceparent', 'canary', 'id', 'type',
  'kind', 'recordKind', 'projectNo', 'updateSequence', 'dataVersion', 'cdOperation', 'occurredAt', 'hall.code', 'hall.name', 'hallCode',
  // The item and the course of the case.
  'itemCode', 'itemCodes', 'itemName', 'itemVersion', 'projectType', 'applySource', 'regionCode', 'windowNo', 'businessType', 'withdrawalReason', 'transferDirection',
  'closesAccount', 'corrects', 'formalCheck.result', 'code', 'platformCode', 'platformResult', 'approved', 'no', 'promise.value', 'promise.unit', 'promise.unitCode',
  'step.name', 'step.action', 'step.state', 'special.name', 'special.type', 'specialProcedure.name', 'specialProcedure.type',
  // Times.
  'receivedAt', 'takenAt', 'submittedAt', 'withdrawnAt', 'voidedAt', 'returnedAt', 'notifiedAt', 'dueAt', 'acceptedAt', 'decidedAt', 'completedAt', 'startedAt', 'endedAt',
  'acknowledgedAt', 'at', 'keptUntil', 'validFrom', 'validTo', 'revokedAt',
  // Materials and paper; never the name of a file, which people give.
  'materialCode', 'materials.name', 'items.name', 'form', 'required', 'originals', 'copies', 'taken', 'present', 'fileId', 'mime', 'size', 'sm3', 'sheetCount', 'batchNo',
  // Kinds of people and papers, not who they are; public offices; a clerk's account, by which permissions go.
  'applicant.type', 'certType', 'relation', 'orgCode', 'orgName', 'acceptOrgCode', 'acceptOrgName', 'operator.id', 'userId', 'grantId', 'rosterVersion',
  // What an order adds to its payload, and which field of a refused event was broken.
  'payload.kind', 'problems.field', 'problems.rule', 'problems.zh', 'problems.en',
]);

/** The bridge's own orders, receipts and refusals. */
const BRIDGE = [
  'transferId', 'destination', 'attempt', 'outcome', 'latencyMs', 'finishedAt', 'httpStatus', 'errorCode', 'retryAfterMs', 'responseDigest',
  'refusalId', 'app', 'path', 'party', 'keyId', 'status', 'eventId', 'eventType', 'bodyBytes', 'bodyDigest',
];

/** Names that mean something else inside a part than at the top: there only the part's own entry counts. */
const TOP_ONLY = new Set(['id', 'type', 'source', 'subject', 'time', 'sequence', 'kind', ...BRIDGE]);

/** What is masked, by the contract's classes (个人信息的类别). */
export const MASK_CLASSES = { name: '姓名', certificate: '证件号码', phone: '电话', account: '账号', other: '其他' } as const;
export type MaskClass = keyof typeof MASK_CLASSES;

const CLASSES: Readonly<Record<string, MaskClass | undefined>> = {
  name: 'name', acceptedBy: 'name', handler: 'name', notifiedBy: 'name', completedBy: 'name', decidedBy: 'name', legalRepresentative: 'name',
  certNo: 'certificate', mobile: 'phone', accountNo: 'account', unitAccountNo: 'account', personalAccountNo: 'account',
};

/** Names of the parts on the way to a field, places in lists left out: `['data', 'materials', 'name']`. */
export function isHarmless(names: readonly string[]): boolean {
  const leaf = names.at(-1) ?? '';
  const part = names.at(-2);
  if (part !== undefined && HARMLESS.has(`${part}.${leaf}`)) return true;
  return part === undefined ? HARMLESS.has(leaf) || TOP_ONLY.has(leaf) : HARMLESS.has(leaf) && !TOP_ONLY.has(leaf);
}

export function classOf(names: readonly string[]): MaskClass {
  return CLASSES[names.at(-1) ?? ''] ?? 'other';
}
