import type { MeasuringField } from './field.ts';
import { measureLedger } from './ledger/measure-ledger.ts';
import { measureColdStart } from './measures/cold-start.ts';
import { measureDrain } from './measures/drain.ts';
import { measureReplay } from './measures/replay.ts';
import { measureRestart } from './measures/restart.ts';
import { nothingMeasured, type Measured } from './measured.ts';
import type { BenchOptions, Measure } from './options.ts';
import { batchRound, bothRound, latencyRound, singleRound, type Field } from './rounds.ts';
import { measureStages } from './stages/measure-stages.ts';
import { STAGES } from './stages/stages.ts';
import { spreadOf } from './statistics.ts';

type Say = (line: string) => void;

/** What a measure works with. */
interface Run {
  readonly field: MeasuringField;
  readonly options: BenchOptions;
  readonly measured: Measured;
  readonly say: Say;
}

/** So many events are needed until what runs all the time has been compiled. */
const WARM_UP = 2_000;
const RATE = 200;
/** A cold start, a restart and a drain take long and vary little. */
const FEW_ROUNDS = 3;

const MEASURING: Readonly<Record<Exclude<Measure, 'cold'>, (run: Run) => Promise<void>>> = {
  single: (run) => throughput(run, 'single', singleRound),
  batch: (run) => throughput(run, 'batch', batchRound),
  both: (run) => throughput(run, 'both', bothRound),
  latency: latencies,
  drain,
  restart,
  replay,
  stages,
  ledger: async ({ field, options, measured, say }) => { measured.ledger = await measureLedger(field, options, say); },
};

/** Runs what was asked for, the contestants turn by turn. The cold start comes first, alone on the machine; the ledger last, because it takes another bridge. */
export async function measureAll(open: () => Promise<MeasuringField>, options: BenchOptions, say: Say): Promise<Measured> {
  const measured = nothingMeasured();
  if (options.only.includes('cold')) await coldStarts(options, measured, say);
  const rest = options.only.filter((measure) => measure !== 'cold');
  if (rest.length === 0) return measured;
  const field = await open();
  await interleaved(field, 1, (at) => singleRound(at, WARM_UP));
  for (const measure of rest) {
    await MEASURING[measure]({ field, options, measured, say });
    field.noteMemory();
  }
  measured.memory = field.memory.peaks();
  return measured;
}

async function coldStarts({ quick, rounds, profile }: BenchOptions, measured: Measured, say: Say): Promise<void> {
  for (let round = 0; round < (quick ? 1 : Math.min(rounds, FEW_ROUNDS)); round += 1) {
    measured.coldStarts.push(await measureColdStart(`${profile}-cold`));
    say(`cold start         ${Math.round(measured.coldStarts.at(-1) ?? 0)} ms`);
  }
}

async function throughput({ field, options, measured, say }: Run, name: keyof Measured['throughput'], round: (at: Field, count: number) => Promise<number>): Promise<void> {
  await interleaved(field, options.rounds, async (at) => {
    const perSecond = await round(at, options.count);
    measured.throughput[name][at.contestant.name].push(perSecond);
    say(`${name.padEnd(18)} ${at.contestant.name.padEnd(9)} ${Math.round(perSecond)}/s`);
  });
}

/** A quarter is of each contestant's own saturation. */
async function latencies(run: Run): Promise<void> {
  const { field, options, measured, say } = run;
  await needSaturation(run);
  await interleaved(field, options.rounds, async (at) => {
    const { name } = at.contestant;
    const quarter = (spreadOf(measured.throughput.single[name])?.median ?? RATE) / 4;
    for (const [into, perSecond] of [['latency200', RATE], ['latencyQuarter', quarter]] as const) {
      const latency = await latencyRound(at, perSecond, options.latencySeconds);
      measured.latency[into][name].push(latency);
      say(`${`latency at ${Math.round(perSecond)}/s`.padEnd(18)} ${name.padEnd(9)} p50 ${latency.p50.toFixed(1)} ms, p99 ${latency.p99.toFixed(1)} ms`);
    }
  });
}

async function drain(run: Run): Promise<void> {
  const { field, options, measured, say } = run;
  await needSaturation(run);
  for (let round = 0; round < (options.quick ? 1 : Math.min(options.rounds, FEW_ROUNDS)); round += 1) {
    const one = await measureDrain(field.bridge, field.sink, field.payloads, options.backlog);
    measured.drains.push(one);
    say(`drain              bridge    ${Math.round(one.perSecond)}/s, noticed after ${Math.round(one.noticedMs)} ms, ${one.doubled} delivered again`);
  }
}

async function restart({ field, options, measured, say }: Run): Promise<void> {
  for (let round = 0; round < (options.quick ? 1 : Math.min(options.rounds, FEW_ROUNDS)); round += 1) {
    measured.restarts.push(await measureRestart(field.bridge, field.sink, field.payloads, field.memory));
    say(`restart            bridge    ${Math.round(measured.restarts.at(-1) ?? 0)} ms to the first delivery`);
  }
}

async function replay({ field, options, measured, say }: Run): Promise<void> {
  const one = await measureReplay(field, options.backlog, options.latencySeconds);
  measured.replay = one;
  say(`replay             bridge    ${one.replayed} in ${one.seconds} s, ${one.sentTwice} sent twice; live p99 ${one.liveP99IdleMs} ms before, ${one.liveP99DuringMs} ms meanwhile; ${one.maxRssMiB} MiB`);
}

async function stages({ field, options, measured, say }: Run): Promise<void> {
  measured.stages = await measureStages(field, options.count);
  for (const [program, times] of Object.entries(measured.stages)) {
    const sum = Object.values(times).reduce((total, ms) => total + ms, 0);
    say(`${'stages'.padEnd(18)} ${program.padEnd(17)} ${sum.toFixed(3)} ms: ${STAGES.map((stage) => `${stage} ${times[stage].toFixed(3)}`).join(', ')}`);
  }
}

/** What is measured against saturation needs it from the same run. */
async function needSaturation(run: Run): Promise<void> {
  if (run.measured.throughput.single.bridge.length === 0) await MEASURING.single({ ...run, options: { ...run.options, rounds: 1 } });
}

/** One contestant after the other, beginning with another one in each round, so that no place is always the better one. */
async function interleaved(field: MeasuringField, rounds: number, work: (at: Field) => Promise<unknown>): Promise<void> {
  const { contestants, sink, payloads } = field;
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const contestant = contestants[(round + turn) % contestants.length];
      if (contestant !== undefined) await work({ contestant, sink, payloads });
    }
  }
}
