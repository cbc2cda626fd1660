import { createHmac } from 'node:crypto';
import pg from 'pg';
import type { BridgeContestant } from '../contestants/contestant.ts';
import type { MeasuringField } from '../field.ts';
import { operatorToken } from '../measures/ops-people.ts';
import { sizeName, type BenchOptions } from '../options.ts';
import { singleRound } from '../rounds.ts';
import { OpsAsker, type Answering, type AskingLimit } from './ask-ops.ts';
import { freeBytes, largestThatFits, roundSize } from './disk-room.ts';
import { beginningFor, bytesPerTransfer, CADENCE_SECONDS, fillLedger, type FillPlan } from './fill-ledger.ts';
import { SEARCHES, TIMELINE, type LedgerFacts } from './ops-queries.ts';
import { carrySamples, keepSamples, type Samples } from './sample-cases.ts';

/** The ledger at one size. Transfers per second of the bridge and, in the same rounds, of the yardstick, whose ledger stays small. */
export interface LedgerAt {
  readonly size: string;
  readonly throughput: readonly number[];
  readonly bare: readonly number[];
  /** `null` for the empty ledger, of which there is nothing to ask. */
  readonly filled: null | {
    readonly bytesPerTransfer: number;
    /** By kind of search. */
    readonly searches: Readonly<Record<string, Answering>>;
    readonly timeline: Answering;
  };
}

export interface LedgerGrowth {
  readonly sizes: readonly LedgerAt[];
  /** Sizes for which the disk has no room, and why. */
  readonly leftOut: readonly string[];
}

const KNOWN = 500;
const CERTIFICATE_TYPE = '111';
/** A guess before there is anything to measure; a small size is filled whatever it takes. */
const BYTES_GUESS = 6_000;

/** Measures the bridge on an empty ledger, then on one that grows from size to size. */
export async function measureLedger(field: MeasuringField, options: BenchOptions, say: (line: string) => void): Promise<LedgerGrowth> {
  const bridge = await field.renewBridge();
  const sizes: LedgerAt[] = [{ size: 'empty', ...(await throughputs(field, options)), filled: null }];
  const samples = await withDatabase(bridge.database, async (db) => keepSamples(db, await carrySamples(bridge, field.sink, field.payloads)));
  const people = Array.from({ length: KNOWN }, (_, index) => `BENCH${String(index).padStart(5, '0')}`);
  const began = beginningFor(Math.max(...options.sizes), samples, new Date());
  const plan: FillPlan = { samples, began, known: people.map((person) => blindIndex(bridge, person)) };
  const leftOut: string[] = [];
  let cases = 0;
  let bytesEach = BYTES_GUESS;
  for (const asked of options.sizes) {
    const { size, problem } = await sizeWithRoom(bridge, asked, bytesEach);
    if (problem !== null) {
      say(problem);
      leftOut.push(problem);
    }
    if (size === null) break;
    cases = await fill(field, bridge, plan, cases, size, say);
    bytesEach = await bytesPerTransfer(bridge.database);
    const answers = await ask(bridge, factsOf(samples, cases, began, people), limitOf(options), say);
    sizes.push({ size: sizeName(size), filled: { bytesPerTransfer: bytesEach, ...answers }, ...(await throughputs(field, options)) });
    say(`ledger at ${sizeName(size)}: ${sizes.at(-1)?.throughput.map(Math.round).join(', ')}/s, ${bytesEach} bytes per transfer`);
  }
  return { sizes, leftOut };
}

async function fill(field: MeasuringField, bridge: BridgeContestant, plan: FillPlan, cases: number, size: number, say: (line: string) => void): Promise<number> {
  field.noteMemory();
  await bridge.stop();
  const begun = performance.now();
  const next = await fillLedger(bridge.database, plan, cases, size, say);
  say(`ledger filled to ${sizeName(size)} transfers in ${Math.round((performance.now() - begun) / 1000)} s`);
  await bridge.start();
  return next;
}

/** Bridge and yardstick turn by turn: what the machine does meanwhile hits both. */
async function throughputs(field: MeasuringField, { rounds, count }: BenchOptions): Promise<{ throughput: number[]; bare: number[] }> {
  const { sink, payloads, bridge } = field;
  const yardstick = field.contestants.find(({ name }) => name === 'bare');
  if (yardstick === undefined) throw new Error('the yardstick is not there');
  const [throughput, bare]: [number[], number[]] = [[], []];
  await singleRound({ contestant: bridge, sink, payloads }, Math.min(count, 300));
  for (let round = 0; round < rounds; round += 1) {
    throughput.push(await singleRound({ contestant: bridge, sink, payloads }, count));
    bare.push(await singleRound({ contestant: yardstick, sink, payloads }, count));
  }
  return { throughput, bare };
}

async function ask(bridge: BridgeContestant, facts: LedgerFacts, limit: AskingLimit, say: (line: string) => void): Promise<{ searches: Record<string, Answering>; timeline: Answering }> {
  const asker = new OpsAsker(bridge.ops.url, await operatorToken(bridge));
  const chance = repeatable();
  try {
    const searches: Record<string, Answering> = {};
    for (const [name, question] of Object.entries(SEARCHES)) searches[name] = await asker.measure(() => question(facts, chance), limit);
    const timeline = await asker.measure(() => TIMELINE(facts, chance), limit);
    for (const [name, { p50, p99, failed }] of worstOf(searches)) say(`  ${name}: p50 ${p50} ms, p99 ${p99} ms${failed > 0 ? `, ${failed} failed` : ''}`);
    say(`  timeline: p50 ${timeline.p50} ms, p99 ${timeline.p99} ms`);
    return { searches, timeline };
  } finally {
    await asker.close();
  }
}

function worstOf(searches: Readonly<Record<string, Answering>>): [string, Answering][] {
  return Object.entries(searches).sort(([, a], [, b]) => b.p99 - a.p99).slice(0, 5);
}

function limitOf({ quick }: BenchOptions): AskingLimit {
  return quick ? { times: 20, withinMs: 400 } : { times: 200, withinMs: 10_000 };
}

function factsOf(samples: Samples, cases: number, began: Date, known: readonly string[]): LedgerFacts {
  return { cases, halls: samples.halls, items: samples.items, known, from: began, to: new Date(began.getTime() + cases * CADENCE_SECONDS * 1000) };
}

/** As the gateway makes it. */
function blindIndex({ indexKey }: BridgeContestant, certNo: string): string {
  return createHmac('sha256', indexKey).update(`${CERTIFICATE_TYPE}:${certNo}`).digest('hex');
}

/** The same choices in every run (a linear congruential generator). */
function repeatable(): () => number {
  let state = 4711;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

/** The size that was asked for, or, with a word of why, the largest for which there is room, if that is well above what there is. */
async function sizeWithRoom(bridge: BridgeContestant, asked: number, bytesEach: number): Promise<{ size: number | null; problem: string | null }> {
  const free = await freeBytes(bridge.database);
  if (free === null) return { size: asked, problem: null };
  const present = await withDatabase(bridge.database, async (db) => Number((await db.query<{ count: string }>('select count(*) as count from transfers')).rows[0]?.count));
  const most = roundSize(largestThatFits(free, present, bytesEach));
  if (asked <= most) return { size: asked, problem: null };
  const problem = `no room for ${sizeName(asked)} transfers: ${Math.round(free / 1e9)} GB are free, and at ${bytesEach} bytes each at most ${sizeName(most)} fit`;
  return { size: most >= 2 * present ? most : null, problem };
}

async function withDatabase<T>(database: string, work: (db: pg.Client) => Promise<T>): Promise<T> {
  const db = new pg.Client({ connectionString: database });
  await db.connect();
  try {
    return await work(db);
  } finally {
    await db.end();
  }
}
