import { afterAll, describe, expect, it } from '@jest/globals';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT } from '../../local/servers/profile.ts';
import { statusWalk, type CaseView } from './case-view.fixture.ts';
import { withBridge } from './running-bridge.fixture.ts';

const XIANGFU = { code: '410212', name: '祥符区政务服务大厅', district: '祥符区', regionCode: '410212' };
const material = (materialCode: string, nameZh: string): object => ({ materialCode, nameZh, required: true, form: 'original_checked_copy_kept', containsPersonalInfo: true });
const LOAN = {
  no: 29, code: '725849853QT50070001', nameZh: '住房公积金贷款申请', nameZhDisplay: '住房公积金贷款申请', parentItemCode: '725849853QT50070',
  category: '贷款', applicantType: 'individual', serviceObjectCodes: ['1'], applicantRole: 'borrower', accountHolderIsApplicant: true, relationToHouseParty: 'self',
  requires: [], relations: [], agentWhenTaken: [],
  jgj320: { businessTypeCode: null, businessTypeName: '贷款申请', withdrawReasonCode: null, withdrawReasonName: null },
  materials: [material('LOAN_FORM', '住房公积金贷款申请表'), material('ID_SELF', '申请人有效身份证件')],
};
const RUN_MS = 240_000;

describe('祥符区 and a loan item, known only from files', () => {
  const folder = enlargedCatalogue();
  const bridge = withBridge({ catalogueDir: folder });
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

  it('take part like all others: the case goes to the centre and comes back to the new hall', async () => {
    // So many cases as there are items: each item comes once.
    const items = (JSON.parse(readFileSync(join(folder, 'items.json'), 'utf8')) as { items: object[] }).items.length;
    await bridge.begin({ cases: items, halls: [XIANGFU.code], flow: 'straight' });
    await bridge.finished();

    const [loan, ...more] = (await bridge.ops<{ items: { projectNo: string; itemCode: string; itemName: string }[] }>(`/api/cases?hall=${XIANGFU.code}&item=${LOAN.code}`)).items;
    expect({ loan, more }).toMatchObject({ loan: { itemCode: LOAN.code, itemName: LOAN.nameZh }, more: [] });
    const projectNo = loan?.projectNo ?? '';
    const view = await bridge.ops<CaseView>(`/api/cases/${projectNo}`);
    expect(view).toMatchObject({ hallCode: XIANGFU.code, status: 'COMPLETED', resultCode: 'APPROVED', deliveryStatus: 'ACKED' });
    expect(statusWalk(view)).toBe('RECEIVED PENDING_ACCEPTANCE ACCEPTED IN_REVIEW DECIDED COMPLETED');

    const [workItem] = (await bridge.record('centre')).filter((line) => line.k === 'effect' && line.projectNo === projectNo);
    expect(workItem?.facts).toMatchObject({ kind: 'open', hall: { code: XIANGFU.code, name: XIANGFU.name } });
    const book = await bridge.caseBook();
    expect(book.updates(projectNo).map(({ recordKind }) => recordKind)).toEqual(['acceptance', 'step', 'step', 'result']);
    expect(book.updates(projectNo).at(-1)).toMatchObject({ itemCode: LOAN.code, itemName: LOAN.nameZh, hall: { code: XIANGFU.code, name: XIANGFU.name }, result: { code: 'APPROVED' } });
    expect(await bridge.check()).toMatchObject({ ok: true, cases: items, completed: items, findings: [] });
  }, RUN_MS);
});

/** A copy of the packaged catalogue with one hall and one item more. */
function enlargedCatalogue(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jiujin-catalogue-'));
  cpSync(join(CHECKOUT, 'libs/contracts/data'), folder, { recursive: true });
  change(join(folder, 'halls.json'), (halls: object[]) => [...halls, XIANGFU]);
  change(join(folder, 'items.json'), (file: { items: object[] }) => ({ ...file, items: [...file.items, LOAN] }));
  return folder;
}

function change<T>(path: string, how: (content: T) => object): void {
  writeFileSync(path, JSON.stringify(how(JSON.parse(readFileSync(path, 'utf8')) as T)));
}
