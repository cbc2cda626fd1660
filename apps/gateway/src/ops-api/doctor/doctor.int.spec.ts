import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { withDatabase } from '../../../../../test/support/index.ts';
import { recordStatus } from '../../ledger/edge-rows.ts';
import { statusOf } from '../../watch/edge-status.fixture.ts';
import { openBench } from '../ops-bench.fixture.ts';
import type { OpsBench } from '../ops-bench.fixture.ts';
import { startOpsServer } from '../ops-server.fixture.ts';
import type { DoctorAnswer } from './doctor.answer.ts';

const database = withDatabase();
let bench: OpsBench;
beforeAll(async () => { bench = await openBench(database.url); });
afterAll(() => bench.close());

const facts = async (server = bench.server): Promise<DoctorAnswer> => (await server.get<DoctorAnswer>('/api/doctor')).body;

describe('the facts for the doctor', () => {
  it('are what PostgreSQL, the disks and the settings say, and what cannot be known is said to be so', async () => {
    const told = await facts();
    expect(told.postgresql).toMatchObject({ durable: expect.any(Boolean), inRecovery: false });
    expect(told.postgresql.databaseBytes).toBeGreaterThan(1_000_000);
    expect(Math.abs(told.postgresql.clockAheadMs)).toBeLessThan(5_000);
    expect(told.disks[0]).toMatchObject({ whatZh: '网关所在的目录', freeBytes: expect.any(Number) });
    expect(told.redis).toBeNull();
    expect(told.rabbitmq).toMatchObject({ takes: true, nodes: null, nodesUnknownZh: expect.stringContaining('RABBITMQ_MANAGEMENT_URL') });
    expect(told.ledgerKeys).toMatchObject({ active: 1, versions: [1] });
    expect(told.settings.length).toBeGreaterThan(50);
  });

  it('name the keys of the parties and the unsafe settings as living adapters report them, each once', async () => {
    const signingKeys = [{ party: 'hall:410204' as const, keyId: 'k-1', algorithm: 'HMAC-SM3', notBefore: null, notAfter: '2027-01-01T00:00:00Z' }];
    await bench.db.transaction().execute(async (trx) => {
      for (const instance of ['one', 'two']) await recordStatus(trx, statusOf({ app: 'district-adapter', instance, circuits: [], signingKeys, concerns: [{ setting: 'ENDPOINTS', severity: 'bad', zh: '不经加密', adviceZh: '改用 https' }] }));
      await recordStatus(trx, statusOf({ app: 'centre-adapter', instance: 'older', circuits: [] }));
    });
    expect((await facts()).signingKeys).toEqual([
      { party: 'hall:410204', partyZh: '鼓楼区政务服务大厅', app: 'district-adapter', keyId: 'k-1', algorithm: 'HMAC-SM3', notBefore: null, notAfter: '2027-01-01T08:00:00.000+08:00' },
    ]);
    expect((await facts()).concerns.filter(({ app }) => app !== 'gateway')).toEqual([{ app: 'district-adapter', setting: 'ENDPOINTS', severity: 'bad', zh: '不经加密', adviceZh: '改用 https' }]);
    const { text } = await bench.server.get('/metrics');
    const left = Number(/^jiujin_signing_keys_end_seconds\{party="hall:410204"[^}]*\} (\S+)$/m.exec(text)?.[1]);
    expect(left).toBeCloseTo((Date.parse('2027-01-01T00:00:00Z') - Date.now()) / 1_000, -2);
  });

  it('have what RabbitMQ says of its nodes where its management can be asked, and no password when it cannot', async () => {
    let asked = '';
    const management = createServer((request, answer) => {
      asked = `${request.url ?? ''} ${request.headers.authorization ?? ''}`;
      answer.end(JSON.stringify([{ name: 'rabbit@a', running: true, disk_free: 5_000, disk_free_limit: 50, disk_free_alarm: true, mem_used: 7, mem_limit: 9, mem_alarm: false }]));
    });
    await new Promise<void>((resolve) => management.listen(0, '127.0.0.1', resolve));
    const server = await startOpsServer(bench.db, bench.keys, undefined, { rabbitmqManagementUrl: `http://watcher:hush-hush@127.0.0.1:${(management.address() as AddressInfo).port}` });
    try {
      expect((await facts(server)).rabbitmq.nodes).toEqual([{ node: 'rabbit@a', running: true, diskFreeBytes: 5_000, diskLimitBytes: 50, diskAlarm: true, memoryUsedBytes: 7, memoryLimitBytes: 9, memoryAlarm: false }]);
      expect(asked).toBe(`/api/nodes Basic ${Buffer.from('watcher:hush-hush').toString('base64')}`);
      management.closeAllConnections();
      await new Promise((resolve) => { management.close(resolve); });
      const away = await server.get<DoctorAnswer>('/api/doctor');
      expect(away.body.rabbitmq).toMatchObject({ nodes: null, nodesUnknownZh: expect.stringContaining('问不到') });
      expect(away.text).not.toContain('hush');
    } finally {
      await server.close();
    }
  });
});
