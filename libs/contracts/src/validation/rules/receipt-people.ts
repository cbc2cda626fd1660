import type { Requirement } from '../../catalogue/item.ts';
import type { Receipt } from '../../events/parts/receipt.ts';
import type { FieldProblem } from '../../wire/door-refusal.ts';
import { NO_PROBLEMS, problem } from './rule.ts';
import type { Rule, Surroundings } from './rule.ts';

const NATURAL_PERSON = '1';

const REQUIRED_TEXT: Record<Requirement, { zh: string; en: string }> = {
  agent: { zh: '单位办理的事项必须填写经办人', en: 'is required: an employer applies through its agent' },
  relative: { zh: '该事项必须填写关系人（配偶、父母或子女）', en: 'is required: the item is for the home of a spouse, parent or child' },
  accountHolder: { zh: '该事项必须填写账户所有人', en: 'is required: the applicant is not the account holder' },
  ratios: { zh: '该事项必须填写缴存比例', en: 'is required: the item changes the deposit ratios' },
  transferDirection: { zh: '该事项必须填写转移方向', en: 'is required: the item moves an account' },
  closesAccount: { zh: '该事项必须说明是否销户', en: 'is required: the item may or may not close the account' },
};

/** The item is one that halls may receive. */
export const itemIsKnown: Rule<Receipt> = {
  needs: ['itemCode'],
  check: ({ itemCode }, { catalogue }) =>
    catalogue.item(itemCode) === undefined ? problem('itemCode', 'known-item', '事项目录中没有这个编码', 'is not in the item catalogue') : NO_PROBLEMS,
};

/** What the item's `requires` column names is there. */
export const requiredPartsPresent: Rule<Receipt> = {
  needs: ['itemCode'],
  check: (receipt, { catalogue }) =>
    (catalogue.item(receipt.itemCode)?.requires ?? [])
      .filter((part) => receipt[part] === undefined)
      .flatMap((part) => problem(part, 'required-by-item', REQUIRED_TEXT[part].zh, REQUIRED_TEXT[part].en)),
};

/** An organisation cannot stand at a window: whatever the item, an agent does. */
export const organisationHasAgent: Rule<Receipt> = {
  needs: ['itemCode', 'applicant', 'applicant.type'],
  check: ({ itemCode, applicant, agent }, { catalogue }) => {
    const named = catalogue.item(itemCode)?.requires.includes('agent') ?? false;
    if (named || agent !== undefined || applicant.type === NATURAL_PERSON) return NO_PROBLEMS;
    return problem('agent', 'required-for-organisation', '单位申请必须填写经办人', 'is required: an organisation applies through its agent');
  },
};

/** The applicant is of a kind the item is for (GB/T 39046 A.4). */
export const applicantTypeFits: Rule<Receipt> = {
  needs: ['itemCode', 'applicant', 'applicant.type'],
  check: ({ itemCode, applicant }, { catalogue }) => {
    const item = catalogue.item(itemCode);
    if (item === undefined || item.serviceObjectCodes.includes(applicant.type)) return NO_PROBLEMS;
    const allowed = item.serviceObjectCodes;
    return problem('applicant.type', 'applicant-type-for-item', `该事项的服务对象只能是：${allowed.join('、')}`, `must be one the item is for: ${allowed.join(', ')}`);
  },
};

type Bearer = 'person' | 'organisation';

/** A certificate belongs to its kind of bearer: no person has a 统一社会信用代码证. */
function certificateBelongsTo(field: string, certType: string | undefined, bearer: Bearer, { catalogue }: Surroundings): readonly FieldProblem[] {
  const row = certType === undefined ? undefined : catalogue.certificateType(certType);
  if (row === undefined || row.bearer === 'either' || row.bearer === bearer) return NO_PROBLEMS;
  return bearer === 'person'
    ? problem(field, 'certificate-bearer', '应为个人证件', 'must be a certificate of a person')
    : problem(field, 'certificate-bearer', '应为单位证件', 'must be a certificate of an organisation');
}

export const applicantCertificateFits: Rule<Receipt> = {
  needs: ['applicant', 'applicant.type', 'applicant.certType'],
  check: ({ applicant }, around) => certificateBelongsTo('applicant.certType', applicant.certType, applicant.type === NATURAL_PERSON ? 'person' : 'organisation', around),
};

/** Agent, account holder and relative are people. */
export const otherPeopleHavePersonalCertificates: readonly Rule<Receipt>[] = (['agent', 'accountHolder', 'relative'] as const).map((who) => ({
  needs: [who, `${who}.certType`],
  check: (receipt, around) => certificateBelongsTo(`${who}.certType`, receipt[who]?.certType, 'person', around),
}));

/** The relation is one the item allows (配偶 only, or 配偶、父母、子女). */
export const relationIsAllowed: Rule<Receipt> = {
  needs: ['itemCode', 'relative', 'relative.relation'],
  check: ({ itemCode, relative }, { catalogue }) => {
    const item = catalogue.item(itemCode);
    if (item === undefined || relative === undefined || !item.requires.includes('relative') || item.relations.includes(relative.relation)) return NO_PROBLEMS;
    return problem('relative.relation', 'relation-for-item', `该事项只允许：${item.relations.join('、')}`, `must be one the item allows: ${item.relations.join(', ')}`);
  },
};

/** The account holder and the relative are other people than the applicant. */
export const otherPeopleAreOthers: readonly Rule<Receipt>[] = (['accountHolder', 'relative'] as const).map((who) => ({
  needs: ['applicant', 'applicant.certType', 'applicant.certNo', who, `${who}.certType`, `${who}.certNo`],
  check: ({ applicant, [who]: other }) =>
    other?.certType === applicant.certType && other.certNo === applicant.certNo
      ? problem(`${who}.certNo`, 'another-person', '不能与申请人是同一人', 'must be another person than the applicant')
      : NO_PROBLEMS,
}));

/** A hall receives where a hall is: the division is that of a hall that takes part. */
export const regionIsAHalls: Rule<Receipt> = {
  needs: ['regionCode'],
  check: ({ regionCode }, { catalogue }) =>
    catalogue.hasRegion(regionCode) ? NO_PROBLEMS : problem('regionCode', 'known-region', '前六位不是参与大厅的行政区划', 'does not begin with the division of a hall that takes part'),
};
