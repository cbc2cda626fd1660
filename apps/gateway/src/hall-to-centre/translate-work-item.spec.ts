import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { WORK_ITEM_BODIES, WORK_ITEM_KINDS, catalogue } from '#contracts';
import type { CatalogueItem, Receipt, WorkItem, WorkItemKind } from '#contracts';
import schema from '../../../../libs/contracts/schemas/work-item.schema.json' with { type: 'json' };
import { RECEIVED_AT, eventOf, intakeOf, material, receiptOf } from './intake.fixture.ts';
import type { IntakeSnapshot } from './intake-snapshot.ts';
import { WORK_ITEM_OPERATIONS, translateWorkItem } from './translate-work-item.ts';

const fitsContract = new Ajv2020({ allErrors: true, strict: false }).compile(schema);
const RETIREMENT = '725849853QT48863001';
const RATIO_CHANGE = '725849853QT50033002';
const ACCOUNT_TRANSFER = '725849853QT50008001';
const OTHER_WITHDRAWAL = '725849853QT50065001';

const received = (receipt: Receipt) => eventOf('case.received', receipt);

function open(intake: IntakeSnapshot): WorkItem {
  const answer = translateWorkItem({ to: 'centre', kind: 'open' }, intake, received(intake.receipt));
  if (!answer.ok) throw new Error(`not translated: ${answer.field}`);
  expect([fitsContract(answer.payload), fitsContract.errors]).toEqual([true, null]);
  return answer.payload;
}

function brokenField(intake: IntakeSnapshot): string {
  const answer = translateWorkItem({ to: 'centre', kind: 'open' }, intake, received(intake.receipt));
  if (answer.ok) return 'none';
  expect([/\p{Script=Han}/u.test(answer.zh), answer.en.includes(answer.field)]).toEqual([true, true]);
  return answer.field;
}

/** Business type (A.5) and withdrawal reason (A.7) of the notice's 28 items, written down apart from the catalogue. `-`: none. */
const FUND_CODES: Record<string, string> = {
  '725849853QT04922001': '03 -', '725849853QT50024002': '01 -', '725849853QT50013001': '05 -', '725849853QT50033002': '99 -', '725849853QT50002001': '99 -',
  '725849853QT50019001': '04 -', '725849853QT50005001': '03 -', '725849853QT50001001': '- -', '725849853QT50024001': '02 -', '725849853QT50033001': '10 -',
  '725849853QT50008001': '06 -', '725849853QT48863001': '12 03', '725849853QT48813001': '11 01', '725849853QT48813002': '11 01', '725849853QT48839001': '11 01',
  '725849853QT48839002': '11 01', '725849853QT48858001': '11 02', '725849853QT48858002': '11 02', '725849853QT48895001': '11 07', '725849853QT48895002': '11 07',
  '725849853QT48891001': '11 06', '725849853QT48891002': '11 06', '725849853QT34785001': '12 99', '725849853QT50065001': '12 99', '725849853QT50050001': '12 08',
  '725849853QT50058001': '11 99', '725849853QT48884001': '11 06', '725849853QT48884002': '11 06',
};

/** The centre's two digits (A.1) for every certificate type of the halls. */
const FUND_CERTIFICATES: Record<string, string> = {
  111: '01', 112: '01', 113: '99', 114: '02', 115: '99', 118: '99', 414: '03', 511: '99', 516: '99', 553: '04', 811: '99', 821: '99', 822: '99', 901: '99', 902: '99', 990: '99',
};

describe('the work item that opens a case', () => {
  test('is known for every item of the notice', () => {
    expect(catalogue().items.map(({ code }) => code).sort()).toEqual(Object.keys(FUND_CODES).sort());
  });

  test.each(Object.entries(FUND_CODES))('of item %s carries business type and withdrawal reason %s, and fits the published contract', (code, codes) => {
    const item = catalogue().item(code) as CatalogueItem;
    const { application, ...head } = open(intakeOf(code));
    expect(`${application?.businessType ?? '-'} ${application?.withdrawalReason ?? '-'}`).toBe(codes);
    expect(head).toEqual({
      kind: 'open', projectNo: '410204-20261123-000001', dataVersion: 1, cdOperation: 'I', occurredAt: '2026-11-24 09:02:03',
      itemCode: code, itemName: item.nameZhDisplay, hall: { code: '410204', name: '鼓楼区政务服务大厅' },
    });
  });

  test.each([['internal', '06'], ['outbound', '07'], ['inbound', '08']] as const)('of an account transfer that is %s is business type %s', (transferDirection, businessType) => {
    expect(open(intakeOf(ACCOUNT_TRANSFER, { transferDirection })).application?.businessType).toBe(businessType);
  });

  test.each([[true, '12'], [false, '11']])('of any other withdrawal that closes the account (%s) is business type %s', (closesAccount, businessType) => {
    expect(open(intakeOf(OTHER_WITHDRAWAL, { closesAccount })).application?.businessType).toBe(businessType);
  });

  test('gives every certificate type the centre\'s two digits', () => {
    const codes = catalogue().certificateTypes.map(({ code }) => code);
    expect(codes.sort()).toEqual(Object.keys(FUND_CERTIFICATES).sort());
    for (const certType of codes) {
      const { application } = open(intakeOf(RETIREMENT, { applicant: { type: '1', name: '测试甲', certType, certNo: 'X1' } }));
      expect([certType, application?.applicant.certType]).toEqual([certType, FUND_CERTIFICATES[certType]]);
    }
  });

  test('names agent, account holder and relative with the centre\'s certificate types', () => {
    const { application } = open(intakeOf('725849853QT48813002', {
      agent: { name: '测试乙', certType: '114', certNo: 'J1', mobile: '13800000002' }, accountHolder: { name: '测试丁', certType: '553', certNo: 'F1' },
    }));
    expect(application).toMatchObject({
      agent: { name: '测试乙', certType: '02', certNo: 'J1', mobile: '13800000002' }, accountHolder: { name: '测试丁', certType: '04', certNo: 'F1' },
      relative: { name: '测试丙', certType: '03', certNo: 'E00000001', relation: 'spouse' },
    });
  });

  test.each([['1234.5', '1234.50'], ['0.1', '0.10'], ['80000', '80000.00'], ['9999999999999999.99', '9999999999999999.99']])('writes the amount %s as %s', (amount, decimal) => {
    expect(open(intakeOf(RETIREMENT, { amount })).application?.amount).toBe(decimal);
  });

  test.each([['12', '0.12'], ['5', '0.05'], ['10.00', '0.10'], ['7.0', '0.07']])('writes the ratio %s %% as %s', (percent, fraction) => {
    const { application } = open(intakeOf(RATIO_CHANGE, { ratios: { unitPercent: percent, personalPercent: '12' } }));
    expect(application?.ratios).toEqual({ unit: fraction, personal: '0.12' });
  });

  test('brings the materials that were handed in, with their digests, and not the others', () => {
    const file = { fileId: 'f-1', name: '合同.pdf', mime: 'application/pdf', size: 10, sm3: 'ab'.repeat(32) };
    const { application } = open(intakeOf(RETIREMENT, {
      materials: [material('ID_SELF'), material('RETIRE_CERT', { form: 'electronic', taken: false, attachments: [file] }), material('POA', { taken: false })],
    }));
    expect(application?.materials).toEqual([
      { materialCode: 'ID_SELF', name: '材料 ID_SELF', form: 'paper', originals: 1, copies: 1, attachments: [] },
      { materialCode: 'RETIRE_CERT', name: '材料 RETIRE_CERT', form: 'electronic', originals: 1, copies: 1, attachments: [file] },
    ]);
  });

  test('says where the paper lies and until when', () => {
    expect(open(intakeOf(RETIREMENT, { receivedAt: '2027-01-30T16:30:00Z', paper: { sheetCount: 12, batchNo: 'B-1' } })).application?.paper)
      .toEqual({ hall: { code: '410204', name: '鼓楼区政务服务大厅' }, keptUntil: '2027-02-28', sheetCount: 12, batchNo: 'B-1' });
  });

  test('speaks of no paper when everything came as files', () => {
    expect(open(intakeOf(RETIREMENT, { materials: [material('ID_SELF', { form: 'electronic' })] })).application?.paper).toBeUndefined();
  });

  test('carries what the centre needs and nothing else', () => {
    const { application } = open(intakeOf(RETIREMENT, {
      agent: { name: '测试乙', certType: '111', certNo: 'Z1', mobile: '13800000002' }, unitAccountNo: 'U1', personalAccountNo: 'P1',
      payee: { bankCode: '102', accountNo: '6222' }, amount: '1', closesAccount: true, transferDirection: 'internal',
    }));
    expect(Object.keys(application ?? {}).sort()).toEqual([
      'agent', 'amount', 'applicant', 'businessType', 'materials', 'paper', 'payee', 'personalAccountNo', 'projectType', 'receivedAt', 'regionCode',
      'unitAccountNo', 'withdrawalReason',
    ]);
    expect(application?.receivedAt).toBe('2026-11-23 09:30:15');
  });
});

describe('what cannot be mapped', () => {
  const cases: [string, IntakeSnapshot][] = [
    ['itemCode', { ...intakeOf(RETIREMENT), itemCode: '725849853QT99999999' }],
    ['hallCode', { ...intakeOf(RETIREMENT), hallCode: '999999' }],
    ['applicant.certType', intakeOf(RETIREMENT, { applicant: { type: '1', name: '测试甲', certType: '777', certNo: 'X' } })],
    ['agent.certType', intakeOf(RETIREMENT, { agent: { name: '测试乙', certType: '777', certNo: 'X', mobile: '13800000002' } })],
    ['accountHolder.certType', intakeOf(RETIREMENT, { accountHolder: { name: '测试丁', certType: '777', certNo: 'X' } })],
    ['relative.certType', intakeOf(RETIREMENT, { relative: { name: '测试丙', certType: '777', certNo: 'X', relation: 'child' } })],
    ['transferDirection', intakeOf(ACCOUNT_TRANSFER, { transferDirection: undefined })],
    ['transferDirection', intakeOf(ACCOUNT_TRANSFER, { transferDirection: 'sideways' as 'internal' })],
    ['closesAccount', intakeOf(OTHER_WITHDRAWAL, { closesAccount: undefined })],
    ['amount', intakeOf(RETIREMENT, { amount: '1.005' })],
    ['ratios.unitPercent', intakeOf(RATIO_CHANGE, { ratios: { unitPercent: '7.5', personalPercent: '12' } })],
    ['ratios.personalPercent', intakeOf(RATIO_CHANGE, { ratios: { unitPercent: '12', personalPercent: '11.25' } })],
  ];

  test.each(cases)('is a failure that names the field %s, in both languages', (field, intake) => {
    expect(brokenField(intake)).toBe(field);
  });

  test('never names a value, which may be personal', () => {
    const intake = intakeOf(RETIREMENT, { applicant: { type: '1', name: '测试甲', certType: '777', certNo: '410204199001010015' } });
    const answer = translateWorkItem({ to: 'centre', kind: 'open' }, intake, received(intake.receipt));
    expect(JSON.stringify(answer)).not.toMatch(/777|测试甲|4102041990/);
  });
});

describe('the other work items', () => {
  const intake = intakeOf(RETIREMENT);
  const bodyOf = (kind: WorkItemKind, event: Parameters<typeof translateWorkItem>[2]) => {
    const answer = translateWorkItem({ to: 'centre', kind }, intake, event);
    if (!answer.ok) return answer.field;
    expect([fitsContract(answer.payload), fitsContract.errors]).toEqual([true, null]);
    expect(Object.values(WORK_ITEM_BODIES).filter((name) => answer.payload[name] !== undefined)).toEqual([WORK_ITEM_BODIES[kind]]);
    return { ...answer.payload[WORK_ITEM_BODIES[kind]], cdOperation: answer.payload.cdOperation, dataVersion: answer.payload.dataVersion };
  };
  const supplement = eventOf('case.supplement.submitted', { no: 1, materials: [material('DIVORCE')], submittedAt: '2027-01-31T10:00:00+08:00' });
  const withdrawal = eventOf('case.withdrawn', { reason: '不办了', withdrawnAt: RECEIVED_AT });
  const voiding = (code: 'VOIDED' | 'DELETED') => eventOf('case.voided', { code, reason: '重复', voidedAt: RECEIVED_AT });

  test('a supplement brings its own materials, whose paper is kept a month of its own', () => {
    expect(bodyOf('supplement', supplement)).toEqual({
      no: 1, submittedAt: '2027-01-31 10:00:00', cdOperation: 'I', dataVersion: 1,
      materials: [{ materialCode: 'DIVORCE', name: '材料 DIVORCE', form: 'paper', originals: 1, copies: 1, attachments: [] }],
      paper: { hall: { code: '410204', name: '鼓楼区政务服务大厅' }, keptUntil: '2027-02-28' },
    });
  });

  test('a correction brings the application whole, as an update with its version', () => {
    const item = catalogue().item(RETIREMENT) as CatalogueItem;
    const correction = eventOf('case.corrected', { reason: '姓名录错', corrects: 'case.received', receipt: receiptOf(item) }, 4);
    expect(bodyOf('correct', correction)).toMatchObject({ reason: '姓名录错', cdOperation: 'U', dataVersion: 4, application: { withdrawalReason: '03' } });
  });

  test('a withdrawal and a voiding say why and when', () => {
    expect(bodyOf('withdraw', withdrawal)).toEqual({ reason: '不办了', withdrawnAt: '2026-11-23 09:30:15', cdOperation: 'I', dataVersion: 1 });
    expect(bodyOf('void', voiding('VOIDED'))).toEqual({ code: 'VOIDED', reason: '重复', voidedAt: '2026-11-23 09:30:15', cdOperation: 'I', dataVersion: 1 });
  });

  test('only what was entered by mistake is deleted', () => {
    expect(bodyOf('void', voiding('DELETED'))).toMatchObject({ code: 'DELETED', cdOperation: 'D' });
  });

  test('each kind has its operation', () => {
    expect(WORK_ITEM_OPERATIONS).toEqual({ open: 'I', supplement: 'I', correct: 'U', withdraw: 'I', void: 'I' });
    expect(Object.keys(WORK_ITEM_OPERATIONS).sort()).toEqual(Object.keys(WORK_ITEM_KINDS).sort());
  });

  test('an event that causes no such work item is named as the trouble', () => {
    for (const kind of ['supplement', 'correct', 'withdraw', 'void'] as const) expect(bodyOf(kind, received(intake.receipt))).toBe('type');
    const bodiless = eventOf('case.corrected', { reason: '姓名录错', corrects: 'case.received' });
    expect(bodyOf('correct', bodiless)).toBe('receipt');
  });
});
