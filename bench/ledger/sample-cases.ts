import type pg from 'pg';
import type { BridgeContestant } from '../contestants/contestant.ts';
import { Load } from '../load.ts';
import { OUTCOME_TYPES, type Payload, type Payloads } from '../payloads.ts';
import { numbersOf, rest } from '../rounds.ts';
import type { Sink } from '../sink.ts';

export const SAMPLES = 100;
/** Cases among the samples that the centre has not accepted yet. */
const OPEN = 2;
const PATIENCE_MS = 30_000;

/** What the clones need to know of the samples. */
export interface Samples {
  readonly count: number;
  /** Rows of the sample that has most. */
  readonly eventsEach: number;
  readonly attemptsEach: number;
  readonly transfersPerCase: number;
  /** The hall of each sample, in their order. */
  readonly halls: readonly string[];
  readonly items: readonly string[];
}

/** Lets the bridge carry cases through its doors, most of them to their end: rows that are real in every column. */
export async function carrySamples(bridge: BridgeContestant, sink: Sink, payloads: Payloads): Promise<string[]> {
  const receipts = payloads.receipts(SAMPLES);
  const numbers = numbersOf(receipts);
  sink.expect({ centre: numbers });
  await send(bridge, bridge.doors.hall, receipts);
  await sink.complete(PATIENCE_MS);
  await rest(bridge);
  for (const [index, type] of OUTCOME_TYPES.entries()) {
    await send(bridge, bridge.doors.centre, numbers.slice(OPEN).map((projectNo) => payloads.outcome(projectNo, type, index + 1)));
    sink.expect({});
    await rest(bridge);
  }
  return numbers;
}

async function send(bridge: BridgeContestant, door: string, payloads: readonly Payload[]): Promise<void> {
  const load = new Load(door, 10);
  await load.saturate(payloads.map((payload) => bridge.single([payload])), 10);
  await load.close();
}

/** Keeps the samples' rows in a schema of their own, numbered by sample and by their place in the case. */
export async function keepSamples(db: pg.Client, projectNos: readonly string[]): Promise<Samples> {
  await db.query('drop schema if exists bench_sample cascade');
  await db.query('create schema bench_sample');
  await db.query(`create table bench_sample.cases as
    select c.*, row_number() over (order by project_no) - 1 as sample, 0::bigint as k from cases c
    where project_no in (select unnest(string_to_array('${projectNos.join(',')}', ',')))`);
  await db.query(`create table bench_sample.events as
    select e.*, c.sample, row_number() over (partition by e.project_no order by e.seq) - 1 as k
    from events e join bench_sample.cases c using (project_no)`);
  await db.query(`create table bench_sample.transfers as
    select t.*, e.sample, e.k, row_number() over (partition by t.project_no order by t.ordinal) - 1 as transfer_no, t.kind = 'result' as is_result
    from transfers t join bench_sample.events e on e.seq = t.event_seq`);
  await db.query(`create table bench_sample.attempts as
    select a.*, t.project_no, t.sample, t.k, t.transfer_no, t.is_result, row_number() over (partition by t.project_no order by a.seq) - 1 as attempt_no
    from attempts a join bench_sample.transfers t on t.id = a.transfer_id`);
  const { rows: [found] } = await db.query<Samples & { unfinished: number }>(`
    select (select count(*) from bench_sample.cases)::int as count, (select max(k) + 1 from bench_sample.events)::int as "eventsEach",
      (select max(attempt_no) + 1 from bench_sample.attempts)::int as "attemptsEach",
      (select count(*) from bench_sample.cases where status not in ('COMPLETED', 'PENDING_ACCEPTANCE'))::int as unfinished,
      (select array_agg(hall_code order by sample) from bench_sample.cases) as halls, (select array_agg(distinct item_code) from bench_sample.cases) as items,
      (select count(*)::float8 from bench_sample.transfers) / (select count(*) from bench_sample.cases) as "transfersPerCase"`);
  if (found === undefined || found.count !== projectNos.length || found.unfinished > 0) throw new Error('the sample cases did not come to their end');
  return found;
}
