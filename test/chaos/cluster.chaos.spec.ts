import { describe, expect, it } from '@jest/globals';
import { until } from '#test';
import { statusOf } from '../../local/programs/control.ts';
import { leaderOfTheBusiest, queuesOf, standOf, withClusterBridge } from './cluster-bridge.fixture.ts';
import { longestPause } from './longest-pause.ts';
import type { RecordLine } from '../journeys/case-book.fixture.ts';

const RUN_MS = 400_000;
const STEP_MS = 90_000;
/** Cases that halls begin in a second. */
const RATE = 8;
/** Three nodes, six programs, both simulators and the rest of the machine share its cores: many times what a quiet machine needs. */
const STALL_MS = 20_000;

/** What a killed connection had in hand is looked for soon. */
const SOON = { RECEIPT_PATIENCE_MS: '5000', SWEEP_INTERVAL_MS: '500', RETRY_BASE_MS: '200', RETRY_MARGIN_MS: '1000' };

interface Window { readonly what: string; readonly from: number; readonly to: number }

describe('the bridge over a RabbitMQ cluster of three nodes', () => {
  const rig = withClusterBridge({ seed: 33, env: { gateway: SOON } });
  const { bridge } = rig;
  const windows: Window[] = [];
  let cases = 0;

  const begin = async (count: number): Promise<void> => {
    const before = (await statusOf(bridge.url('platform'))).cases.started;
    await bridge.begin({ cases: count, rate: RATE });
    cases += count;
    await until(async () => (await statusOf(bridge.url('platform'))).cases.started >= before + RATE, { within: STEP_MS, what: 'cases under way' });
  };

  /** Does it and waits until this many more cases are at their end. */
  const seeOn = async (what: string, more: number, act: () => Promise<void>): Promise<void> => {
    const before = await bridge.ended();
    const from = Date.now();
    await act();
    await until(async () => (await bridge.ended()) >= before + more, { within: STEP_MS, what: `cases that end after ${what}` })
      .catch(async (error: unknown) => { throw new Error(`${String(error)}\n${await standOf(rig.cluster)}`, { cause: error }); });
    windows.push({ what, from, to: Date.now() });
  };

  it('has every queue on three nodes', async () => {
    await until(async () => (await queuesOf(rig.cluster)).every(({ online }) => online.length === 3), { within: 30_000, what: 'every member of every queue online' });
    const queues = await queuesOf(rig.cluster);
    expect(queues.length).toBeGreaterThan(8);
    expect(queues.filter(({ members }) => members.length !== 3)).toEqual([]);
  });

  it('goes on within seconds when the leader of the busiest queue is killed, and when the next leader is', async () => {
    for (const what of ['the death of the leader', 'the death of the next leader']) {
      await begin(60);
      const leader = await until(() => leaderOfTheBusiest(rig.cluster), { within: 30_000, what: 'a leader' });
      await seeOn(what, 40, () => rig.cluster.kill(leader));
      await rig.cluster.restart(leader);
    }
  }, RUN_MS);

  it('goes on while each node in turn is stopped and started again', async () => {
    for (const node of rig.cluster.nodes) {
      await begin(60);
      await seeOn(`the stop of ${node.name}`, 40, () => rig.cluster.stop(node));
      await rig.cluster.restart(node);
    }
    await bridge.finished();
  }, RUN_MS);

  it('stood still for seconds at most, each time', async () => {
    const [platform, centre] = await Promise.all([bridge.record('platform'), bridge.record('centre')]);
    const stalls = windows.map((window) => ({ what: window.what, ...stallsIn(window, platform, centre) }));
    expect(stalls).toHaveLength(5);
    expect(stalls.filter(({ doors, workItems, updates }) => Math.max(doors, workItems, updates) > STALL_MS)).toEqual([]);
  });

  it('has lost, doubled and reordered nothing', async () => {
    expect(await bridge.check()).toMatchObject({ ok: true, cases, lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, stuckCount: 0, failed: 0, findings: [] });
  });

  it('has every queue on three nodes at the end too', async () => {
    expect((await queuesOf(rig.cluster)).filter(({ members, online }) => members.length !== 3 || online.length !== 3)).toEqual([]);
  });
});

/** The longest waits for an answer of a door, for a work item at the centre and for an update at a hall, in milliseconds. */
function stallsIn({ from, to }: Window, platform: readonly RecordLine[], centre: readonly RecordLine[]): { doors: number; workItems: number; updates: number } {
  const longest = (lines: readonly RecordLine[], kind: RecordLine['k']): number =>
    Math.round(longestPause(lines.filter(({ k }) => k === kind).map(({ at }) => at), from, to));
  return { doors: longest([...platform, ...centre], 'answer'), workItems: longest(centre, 'effect'), updates: longest(platform, 'effect') };
}
