import type { TransferOrder, WorkItem } from '#contracts';
import type { GatewayConfig } from '../../gateway.config.ts';
import { openJson } from '../../ledger/sealed-json.ts';
import type { TransferRow } from '../../ledger/transfer-rows.ts';
import { ReplayBench } from '../../operations/replay-bench.fixture.ts';
import type { OpsAnswer, OpsClient } from '../ops-server.fixture.ts';
import type { ProblemAnswer } from '../problems/problem.answer.ts';
import type { EditActionAnswer, RevisionList } from './edit.answer.ts';

export const WHY = { reason: '大厅来电更正，已核对申请表' };
export const CERT_NO = '410204199001010002';
export const OTHER_CERT_NO = '410204199103150006';
export const ACCOUNT = '6200000000000000009';
export const OLD_ACCOUNT = '6200000000000000001';
/** What no answer, record or table may hold in clear. */
export const PERSONAL = [CERT_NO, OTHER_CERT_NO, ACCOUNT, OLD_ACCOUNT, '13800000001', '测试甲'];
export const REGION = { path: 'application.regionCode', value: '410204001' };
export const PAYEE = { path: 'application.payee.accountNo', value: ACCOUNT };

export type EditAnswer = EditActionAnswer & ProblemAnswer;

/** Failed transfers, and people who edit them. */
export class EditBench {
  readonly bench: ReplayBench;
  /** Another supervisor than the bench's. */
  readonly second: OpsClient;

  private constructor(bench: ReplayBench, second: OpsClient) {
    this.bench = bench;
    this.second = second;
  }

  static async open(databaseUrl: string, settings: Partial<GatewayConfig> = {}): Promise<EditBench> {
    const bench = await ReplayBench.open(databaseUrl, settings);
    return new EditBench(bench, await bench.server.as('supervisor'));
  }

  readonly edit = (id: string, changes: object[] = [REGION], revision = 1, headers = {}, who = this.bench.supervisor): Promise<OpsAnswer<EditAnswer>> =>
    who.post<EditAnswer>(`/api/transfers/${id}/edit`, { ...WHY, changes }, { 'if-match': `"${revision}"`, ...headers });

  readonly decide = (id: string, editId: string | null, verb: 'approve' | 'reject', who: OpsClient, more: object = {}): Promise<OpsAnswer<EditAnswer>> =>
    who.post<EditAnswer>(`/api/transfers/${id}/edit/${editId ?? ''}/${verb}`, { ...WHY, ...more });

  readonly revisions = async (id: string): Promise<RevisionList> => (await this.bench.operator.get<RevisionList>(`/api/transfers/${id}/revisions`)).body;

  /** What left by the ops API for a transfer. */
  readonly payloadsOf = (id: string): WorkItem[] => this.bench.server.published
    .filter(({ body }) => (body as TransferOrder).transferId === id).map(({ body }) => (body as TransferOrder).payload as WorkItem);

  readonly aFailed = async (): Promise<TransferRow> => {
    const [transfer] = await this.bench.failedCases(1);
    if (transfer === undefined) throw new Error('no transfer');
    return transfer;
  };

  readonly carried = async (id: string): Promise<WorkItem> => {
    const { sealed, key_version: version } = await this.bench.one(id);
    if (sealed === null || version === null) throw new Error('carries nothing');
    return openJson<WorkItem>(this.bench.gateway.keys, { sealed, key_version: version });
  };

  /** An operation has the transfer in hand. */
  readonly claim = async (id: string): Promise<void> => {
    await this.bench.gateway.db.insertInto('operations').values({
      id: `op_${id}`, kind: 'replay', status: 'ready', creator: 'x', creator_person: 'x', creator_name: 'x', reason: 'other', selection: '{}', cutoff: new Date(),
      rate_per_second: 1, max_in_flight: 1, ladder: '[]', abort_ratio: 1, abort_on_new: false, override: false,
    }).execute();
    await this.bench.gateway.db.insertInto('operation_claims').values({ transfer_id: id, operation_id: `op_${id}` }).execute();
  };
}
