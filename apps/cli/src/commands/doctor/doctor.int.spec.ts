import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until, withDatabase } from '../../../../../test/support/index.ts';
import { openBench } from '../../../../gateway/src/ops-api/ops-bench.fixture.ts';
import type { OpsBench } from '../../../../gateway/src/ops-api/ops-bench.fixture.ts';
import { OPS_TOKEN } from '../../../../gateway/src/ops-api/ops-server.fixture.ts';
import { Bridgectl } from '../../bridgectl.fixture.ts';
import type { Ended } from '../../bridgectl.fixture.ts';

const database = withDatabase();
let bench: OpsBench;
let bridgectl: Bridgectl;
beforeAll(async () => {
  bench = await openBench(database.url);
  bridgectl = new Bridgectl(bench.server.url);
});
afterAll(() => bench.close());

const ask = (...args: string[]): Promise<Ended> => bridgectl.run(args, { token: OPS_TOKEN });

/** How full the disks of the machine are on which this runs, and how its PostgreSQL is set. */
const OF_THE_MACHINE: ReadonlySet<string> = new Set(['disk', 'postgresql-durable']);

describe('bridgectl doctor', () => {
  const doctor = async (...args: string[]) => {
    const { code, out } = await ask('doctor', '--json', ...args);
    const { verdict, findings } = JSON.parse(out) as { verdict: string; findings: { check: string; verdict: string; advice: string | null }[] };
    const bad = findings.filter((finding) => finding.verdict === 'bad' && !OF_THE_MACHINE.has(finding.check)).map(({ check }) => check);
    return { code, verdict, bad, of: (check: string) => findings.filter((finding) => finding.check === check) };
  };

  /** It speaks of a server that is slow for a moment, too: then it is asked once more. */
  const quick = (...args: string[]) => until(async () => {
    const now = await doctor(...args);
    return now.of('server').every(({ verdict }) => verdict === 'ok') ? now : null;
  }, { within: 60_000, what: 'servers that answer quickly' });

  it('finds a world in which nothing runs, and says for each thing what to do', async () => {
    const { code, verdict, of } = await quick('--program', 'http://127.0.0.1:1');
    expect([code, verdict]).toEqual([3, 'bad']);
    expect(of('instances').map((finding) => finding.verdict)).toEqual(['bad', 'bad', 'bad']);
    expect(of('program').map((finding) => finding.verdict)).toEqual(['ok', 'bad']);
    expect(of('instances').every(({ advice }) => advice !== null)).toBe(true);
    expect([of('server'), of('clock'), of('token')].flat().map((finding) => finding.verdict)).toEqual(['ok', 'ok', 'ok']);
  });

  it('is content with one in which all run, until something is wrong in it', async () => {
    for (const app of ['gateway', 'district-adapter', 'centre-adapter'] as const) {
      await bench.db.insertInto('edge_instances').values({ app, instance: `${app}-1`, redis_durable: true, reported_at: new Date() }).execute();
    }
    const well = await quick();
    expect([well.bad, well.code === 0 || well.verdict === 'bad', well.of('instances').map(({ verdict }) => verdict)]).toEqual([[], true, ['ok', 'ok', 'ok']]);
    for (const check of ['disk', 'postgresql-size', 'server-clocks', 'ledger-keys', 'rabbitmq-nodes']) expect([check, well.of(check).length]).not.toEqual([check, 0]);
    expect((await ask('doctor', '--strict')).code).toBe(3);
    await bench.db.insertInto('alerts').values({ condition: 'circuit-open', subject: 'centre', detail_zh: '端点不通', detail_en: 'down', facts: '{}' }).execute();
    const ill = await doctor();
    expect([ill.code, ill.of('alert')]).toEqual([3, [expect.objectContaining({ verdict: 'bad' })]]);
    expect((await ask('status')).code).toBe(3);
  });
});
