import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JiujinEvent } from '#contracts';
import { withDatabase } from '../../../../test/support/index.ts';
import { eventOf } from '../case-events.fixture.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { ReplayBench, WHY } from './replay-bench.fixture.ts';

const database = withDatabase();
const ITEMS = [{ path: 'application.regionCode', problem: '与账户所在区不符' }];
let bench: ReplayBench;

beforeAll(async () => {
  bench = await ReplayBench.open(database.url);
});
afterAll(() => bench.close());

interface Answer { readonly code?: string; readonly outcome?: string; readonly editId?: string }

/** What a path was told when it tried to send what had been overtaken in `meanwhile`; `sent`: it was not told anything. */
type Path = (id: string, projectNo: string, meanwhile: () => Promise<void>) => Promise<string | undefined>;

const post = async (path: string, body: object, headers = {}, by = bench.supervisor): Promise<Answer> => (await by.post<Answer>(path, { ...WHY, ...body }, headers)).body;
const edit = (id: string, change: object): Promise<Answer> => post(`/api/transfers/${id}/edit`, { changes: [change] }, { 'if-match': '"1"' });

const PATHS: Readonly<Record<string, Path>> = {
  'a single replay': async (id, _, meanwhile) => {
    await meanwhile();
    return (await post(`/api/transfers/${id}/replay`, {})).code;
  },
  'an operation, by its preflight': async (id, _, meanwhile) => {
    await meanwhile();
    const operation = await bench.create({ selection: { transferIds: [id] }, ladder: [] });
    await bench.walk(operation);
    return (await bench.items(operation))[0]?.note ?? 'sent';
  },
  'an operation that had examined it before': async (id, _, meanwhile) => {
    const operation = await bench.create({ selection: { transferIds: [id] }, ladder: [] });
    await bench.walk(operation);
    await meanwhile();
    await bench.start(operation);
    await bench.walk(operation);
    return (await bench.items(operation))[0]?.note ?? 'sent';
  },
  'an edit': async (id, _, meanwhile) => {
    await meanwhile();
    return (await edit(id, { path: 'application.regionCode', value: '410204001' })).code;
  },
  'the approval of an edit that was proposed before': async (id, _, meanwhile) => {
    const { editId } = await edit(id, { path: 'application.payee.accountNo', value: '6200000000000000009' });
    await meanwhile();
    return (await post(`/api/transfers/${id}/edit/${editId}/approve`, {}, {}, await bench.server.as('supervisor'))).code;
  },
  'the correction of what had been returned to its hall': async (id, projectNo, meanwhile) => {
    expect((await post(`/api/transfers/${id}/return`, { items: ITEMS })).outcome).toBe('returned');
    await meanwhile();
    await bench.gateway.events(correctionOf(projectNo));
    const { status } = await bench.one(id);
    return status === 'failed' ? (await post(`/api/transfers/${id}/replay`, {})).code : 'sent';
  },
};

describe('an older update never goes out after a newer one of its case', () => {
  it.each(Object.entries(PATHS))('by %s: it can only go into the case\'s history', async (_, path) => {
    const [transfer] = await bench.failedCases(1, { outcome: 'permanent', httpStatus: 422, errorCode: 'http-422', errorDetail: 'refused' }) as [TransferRow];
    const { id, project_no: projectNo } = transfer;
    expect(await path(id, projectNo, () => overtake(transfer))).toBe('stale');
    expect([...bench.ordersOf(id), ...bench.answered.filter(({ transferId }) => transferId === id), ...bench.gateway.publisher.orders.filter(({ transferId }) => transferId === id)]).toEqual([]);
    expect(await bench.one(id)).toMatchObject({ status: 'failed', attempts: 1 });
    expect((await post(`/api/transfers/${id}/discard`, {})).outcome).toBe('discarded-into-history');
    const { body: { timeline } } = await bench.operator.get<{ timeline: { kind: string; transferId?: string }[] }>(`/api/cases/${projectNo}`);
    expect(timeline.find((entry) => entry.kind === 'transfer' && entry.transferId === id)).toMatchObject({ status: 'discarded', discardCode: 'stale' });
  });
});

/** A later update of the same case and destination has been delivered, however that came. */
async function overtake(row: TransferRow): Promise<void> {
  const { redispatches: _r, attempts_base: _b, ...rest } = row;
  await bench.gateway.db.insertInto('transfers').values({ ...rest, id: `${row.id}-later`, ordinal: 90, status: 'delivered', delivered_at: new Date(), attempts: 1 }).execute();
}

function correctionOf(subject: string): JiujinEvent {
  const { operator, ...receipt } = eventOf('case.received').data;
  return {
    ...eventOf('case.corrected', { subject, source: '/halls/410204', dataversion: 2 }),
    data: { operator, reason: '更正区划', corrects: 'case.received', receipt: { ...receipt, regionCode: '410204001' } },
  } as unknown as JiujinEvent;
}
