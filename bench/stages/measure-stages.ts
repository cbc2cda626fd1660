import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MeasuringField } from '../field.ts';
import { singleRound } from '../rounds.ts';
import { processorMs } from './processor-time.ts';
import { sharesOf, STAGES, type ByStage, type CpuProfile } from './stages.ts';

/** Milliseconds of processor time per transfer, of each program of the bridge. */
export type StageTimes = Readonly<Record<string, ByStage>>;

const SAMPLE_EVERY_US = 500;
const WARM_UP = 2_000;

/**
 * Where the time of each program goes at saturation: V8's samples say how it is shared out, the kernel how much it is. Sampling itself
 * costs some of it, so the sums are a little above those of a run without.
 */
export async function measureStages(field: MeasuringField, count: number): Promise<StageTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'jiujin-stages-'));
  try {
    const launchedAt = performance.now();
    const bridge = await field.renewBridge((name) => ['--cpu-prof', `--cpu-prof-interval=${SAMPLE_EVERY_US}`, `--cpu-prof-dir=${join(folder, name)}`]);
    const at = { contestant: bridge, sink: field.sink, payloads: field.payloads };
    await singleRound(at, WARM_UP);
    const before = bridge.programs.map(({ pid }) => processorMs(pid));
    const sinceMs = performance.now() - launchedAt;
    await singleRound(at, count);
    const perTransfer = bridge.programs.map(({ pid }, index) => (processorMs(pid) - (before[index] ?? 0)) / count);
    await bridge.stop();
    return Object.fromEntries(bridge.programs.map(({ plan: { name } }, index) => [name, timesOf(readProfile(join(folder, name)), sinceMs, perTransfer[index] ?? 0)]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timesOf(profile: CpuProfile, sinceMs: number, totalMs: number): ByStage {
  const shares = sharesOf(profile, sinceMs);
  return Object.fromEntries(STAGES.map((stage) => [stage, shares[stage] * totalMs])) as Record<keyof ByStage, number>;
}

function readProfile(folder: string): CpuProfile {
  const [name] = readdirSync(folder);
  if (name === undefined) throw new Error(`no profile was written into ${folder}`);
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as CpuProfile;
}
