import { RECORD_KINDS, WORK_ITEM_KINDS } from '../wire/transfer-kinds.ts';
import type { CdOperation } from '../wire/transfer-kinds.ts';

/**
 * Who may change a field: nobody (it identifies, orders or decides), somebody who never sees the present value (personal data), or
 * anybody with the right to edit.
 */
export type FieldAccess = 'locked' | 'sensitive' | 'free';

/** What may be done to the entries of a list: added and taken away, or only taken away. */
export type ListEntries = 'free' | 'removable';

/** Choices that come from the catalogue in force. */
export type ChoiceSource = 'items' | 'halls' | 'fund-certificate-types' | 'business-types' | 'withdrawal-reasons';

/** What the form says of a field beyond its rules. */
export interface FieldEntry {
  readonly zh: string;
  /** Without one the field is locked: a new field of the contract is closed until somebody decides otherwise. */
  readonly access?: Exclude<FieldAccess, 'locked'>;
  /** Whether it decides whose money goes where, or how much: a second person must agree to a change. */
  readonly money?: true;
  /** For text that is an amount or a number. */
  readonly kind?: 'amount' | 'number';
  /** Of a list: without one its entries stay as many as they are. */
  readonly entries?: ListEntries;
  /** What the words of a closed set mean; or where they come from. */
  readonly choices?: Readonly<Record<string, string>> | ChoiceSource;
}

const words = (table: Readonly<Record<string, { readonly zh: string }>>): Record<string, string> =>
  Object.fromEntries(Object.entries(table).map(([word, { zh }]) => [word, zh]));

const OPERATIONS: Readonly<Record<CdOperation, string>> = { I: '新增', U: '更正', D: '删除' };

const free = (zh: string, more: Omit<FieldEntry, 'zh' | 'access'> = {}): FieldEntry => ({ zh, access: 'free', ...more });
const sensitive = (zh: string, more: Omit<FieldEntry, 'zh' | 'access'> = {}): FieldEntry => ({ zh, access: 'sensitive', ...more });
const locked = (zh: string, choices?: FieldEntry['choices']): FieldEntry => ({ zh, ...(choices === undefined ? {} : { choices }) });
const list = (zh: string, entries: ListEntries): FieldEntry => ({ zh, entries });

const HEAD: Readonly<Record<string, FieldEntry>> = {
  projectNo: locked('办件编号'), dataVersion: locked('数据版本号'), cdOperation: locked('同步类型', OPERATIONS), occurredAt: locked('发生时间'),
  itemCode: locked('业务办理项编码', 'items'), itemName: locked('业务办理项名称'), hall: locked('政务服务大厅'),
};

const PERSON: Readonly<Record<string, FieldEntry>> = {
  name: sensitive('姓名'), certType: free('证件类型', { choices: 'fund-certificate-types' }), certNo: sensitive('证件号码'),
};

/** The centre finds the account by the person: another person is another person's fund. */
const FUND_OWNER: Readonly<Record<string, FieldEntry>> = {
  name: sensitive('姓名', { money: true }), certType: free('证件类型', { money: true, choices: 'fund-certificate-types' }), certNo: sensitive('证件号码', { money: true }),
};

/** What is known of each field of 工单 and 办件进度, by class and property. Inherited properties stand at the class that declares them. */
export const FIELD_ENTRIES: Readonly<Record<string, Readonly<Record<string, FieldEntry>>>> = {
  WorkItem: {
    ...HEAD, kind: locked('工单种类', words(WORK_ITEM_KINDS)), application: locked('申请'), supplement: locked('补正材料'), correction: locked('更正'),
    withdrawal: locked('撤回'), voiding: locked('作废'),
  },
  HallName: { code: locked('大厅代码', 'halls'), name: locked('大厅名称') },
  WorkSupplement: { no: locked('补正轮次'), submittedAt: locked('补正时间'), materials: list('补正的材料', 'free'), paper: locked('纸质材料') },
  WorkCorrection: { reason: free('更正理由'), application: locked('更正后的申请') },
  WorkWithdrawal: { reason: free('撤回理由'), withdrawnAt: locked('撤回时间') },
  WorkVoiding: { code: locked('作废方式', { VOIDED: '作废', DELETED: '误录删除' }), reason: free('作废理由'), voidedAt: locked('作废时间') },
  WorkApplication: {
    // Between one type or reason and another lies how much may be drawn, and whether the account is closed.
    businessType: free('业务类型', { money: true, choices: 'business-types' }), withdrawalReason: free('提取原因', { money: true, choices: 'withdrawal-reasons' }),
    projectType: free('办件类型', { choices: { 1: '即办件', 2: '承诺件', 9: '其他' } }), receivedAt: locked('收件时间'), regionCode: free('行政区划代码'),
    applicant: locked('申请人'), agent: locked('经办人或代办人'), legalRepresentative: sensitive('法定代表人'), accountHolder: locked('账户所有人'),
    relative: locked('关系人'), unitAccountNo: sensitive('单位账号', { money: true }), personalAccountNo: sensitive('个人账号', { money: true }),
    payee: locked('收款账户'), amount: free('金额（元）', { money: true, kind: 'amount' }), ratios: locked('缴存比例'), materials: list('材料', 'free'), paper: locked('纸质材料'),
  },
  WorkRatios: { unit: free('单位缴存比例', { money: true, kind: 'number' }), personal: free('个人缴存比例', { money: true, kind: 'number' }) },
  WorkPerson: FUND_OWNER,
  WorkApplicant: {
    ...FUND_OWNER, name: sensitive('姓名或单位名称', { money: true }), mobile: sensitive('联系电话'),
    type: free('申请人类型', { choices: { 1: '自然人', 2: '企业法人', 3: '事业法人', 4: '社会组织法人', 5: '行政机关', 6: '其他' } }),
  },
  WorkAgent: { ...PERSON, mobile: sensitive('联系电话') },
  WorkRelative: {
    ...PERSON, relation: free('与申请人的关系', { choices: { spouse: '配偶', parent: '父母', child: '子女' } }),
  },
  Payee: { bankCode: free('收款银行代码', { money: true }), accountNo: sensitive('收款账号', { money: true }) },
  WorkMaterial: {
    materialCode: locked('材料编码'), name: free('材料名称'), form: free('材料形式', { choices: { paper: '纸质', electronic: '电子', both: '纸质和电子' } }),
    originals: free('原件份数'), copies: free('复印件份数'), attachments: list('附件', 'removable'),
  },
  Attachment: { fileId: locked('文件编号'), name: sensitive('文件名'), mime: free('文件类型'), size: locked('文件大小（字节）'), sm3: locked('文件摘要（SM3）') },
  PaperPlace: { hall: locked('存放大厅'), keptUntil: locked('保管期限'), sheetCount: free('页数'), batchNo: free('交接批次号') },
  CompletionUpdate: {
    ...HEAD, recordKind: locked('记录种类', words(RECORD_KINDS)), updateSequence: locked('进度序号'), acceptance: locked('受理'), step: locked('办理环节'),
    specialProcedure: locked('特别程序'), supplementNotice: locked('补正告知'), result: locked('办结'),
  },
  UpdateAcceptance: {
    acceptedAt: locked('受理时间'), acceptedBy: sensitive('受理人'), acceptDocNo: free('受理文书编号'), orgCode: free('受理机构代码'), orgName: free('受理机构名称'),
    promise: locked('承诺时限'), fundBusinessNo: locked('中心业务流水号'),
  },
  UpdatePromise: { value: locked('时限'), unitCode: locked('时限单位', { 1: '工作日', 2: '自然日', 3: '小时' }), dueAt: locked('承诺办结时间') },
  UpdateStep: {
    name: free('环节名称'), action: locked('业务动作', { 通过: '通过', 退回: '退回', 其他: '其他' }), handler: sensitive('办理人'), opinion: free('办理意见'),
    startedAt: locked('开始时间'), endedAt: locked('结束时间'), state: locked('环节办理状态', { 1: '待办', 2: '已办' }),
  },
  UpdateSpecialProcedure: {
    type: locked('特别程序种类', { 1: '延长审批', 2: '其他' }), name: free('特别程序名称'), reason: free('启动理由'), startedAt: locked('开始时间'),
    handler: sensitive('办理人'), endedAt: locked('结束时间'), result: free('特别程序结果'),
  },
  UpdateSupplementNotice: {
    no: locked('补正轮次'), reason: free('告知理由'), items: locked('补正内容'), notifiedAt: locked('告知时间'), notifiedBy: sensitive('告知人'),
    dueAt: locked('补正期限'), noticeDocNo: free('告知文书编号'),
  },
  SupplementItem: { materialCode: locked('材料编码'), name: free('材料名称'), problem: free('存在的问题') },
  UpdateResult: {
    code: locked('办理结果', {
      APPROVED: '准予', REJECTED: '不予许可', NOT_ACCEPTED: '不予受理', RETURNED: '退件', WITHDRAWN: '撤回', SUPPLEMENT_TIMEOUT: '逾期未补正', VOIDED: '作废', DELETED: '误录删除',
    }),
    platformCode: locked('平台办结代码'), platformResult: locked('平台办结结果', { 办结: '办结', 作废办结: '作废办结', 退件: '退件', 不予受理: '不予受理' }),
    description: free('结果说明'), docName: free('结果文书名称'), docNo: free('结果文书编号'), completedAt: locked('办结时间'), completedBy: sensitive('办结人'),
  },
};
