import type { AppName, CircuitState, ConnectionCheck, Destination, EdgeStatus } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, RawBuilder, Selectable, SqlBool } from 'kysely';
import { rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { CircuitsTable, EdgeInstancesTable, LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type EdgeInstanceRow = Selectable<EdgeInstancesTable>;
export type CircuitRow = Selectable<CircuitsTable>;

/** A report older than the last one is a late copy, unless it is so much older that the reporter's clock was set back. */
const CLOCK_SET_BACK = sql`interval '1 minute'`;

/** What a running program says of itself; for a gateway there are no circuits, no spool and no journal, but whether it reaches RabbitMQ. */
export type ProgramStatus = Omit<EdgeStatus, 'app'> & { readonly app: AppName; readonly brokerAway?: boolean };

interface ReportedCircuit {
  readonly destination: Destination;
  readonly state: CircuitState;
  readonly since: string;
  readonly reason: string | null;
  readonly failures: number;
  readonly window_size: number;
  readonly held: number;
  readonly next_probe_at: string | null;
}

const CIRCUIT: Columns<ReportedCircuit> = {
  destination: 'text', state: 'text', since: 'timestamptz', reason: 'text', failures: 'int', window_size: 'int', held: 'int', next_probe_at: 'timestamptz',
};

const ANSWER: Columns<{ id: string | null; destination: Destination; finding: ConnectionCheck }> = { id: 'text', destination: 'text', finding: 'jsonb' };

/**
 * Records a report: the program's figures, its circuits, and every change of a circuit's state since its last report. The row of the
 * program is locked first, so reports of one program never mix. A late copy changes nothing. To be called inside a transaction.
 */
export async function recordStatus(trx: Ledger, status: ProgramStatus): Promise<void> {
  if (!(await upsertInstance(trx, status))) return;
  const circuits = status.circuits.map((circuit): ReportedCircuit => ({
    destination: circuit.destination, state: circuit.state, since: circuit.since, reason: circuit.reason, failures: circuit.failures,
    window_size: circuit.window, held: circuit.held, next_probe_at: circuit.nextProbeAt,
  }));
  await answerTests(trx, status);
  await insertChanges(trx, status, circuits);
  await upsertCircuits(trx, status, circuits);
}

/** Keeps the first answer to each test that somebody asked for. */
async function answerTests(trx: Ledger, { instance, connections = [] }: ProgramStatus): Promise<void> {
  const answers = connections.filter(({ testId }) => testId !== null);
  if (answers.length === 0) return;
  await sql`
    update connection_tests t set answered_at = clock_timestamp(), answered_by = ${instance}, finding = a.finding
    from ${rowSet(ANSWER, answers.map((finding) => ({ id: finding.testId, destination: finding.destination, finding })), 'a')}
    where t.id = a.id and t.destination = a.destination and t.answered_at is null`.execute(trx);
}

async function upsertInstance(trx: Ledger, status: ProgramStatus): Promise<boolean> {
  const { app, instance, at, redisDurable, redisProblem, brokerAway, canaryHalls, signingKeys, concerns, connections, stopping } = status;
  const { rows } = await sql`
    insert into edge_instances as known
      (app, instance, reported_at, spool_waiting, spool_oldest_at, journal_entries, journal_oldest_at, redis_durable, redis_problem, redis_trouble_since,
        broker_away_since, canary_halls, signing_keys, setting_concerns, connections, stopped_at)
    values (${app}, ${instance}, ${at}, ${storeFigures(status)},
      ${redisDurable}, ${redisProblem}, ${redisDurable === true ? null : sql`now()`}, case when ${brokerAway === true}::boolean then now() end,
      ${canaryHalls ?? null}::text[], ${signingKeys === undefined ? null : JSON.stringify(signingKeys)}::jsonb, ${concerns === undefined ? null : JSON.stringify(concerns)}::jsonb,
      ${connections === undefined ? null : JSON.stringify(connections)}::jsonb, case when ${stopping === true}::boolean then now() end)
    on conflict (app, instance) do update set
      reported_at = excluded.reported_at, seen_at = now(), spool_waiting = excluded.spool_waiting, spool_oldest_at = excluded.spool_oldest_at,
      journal_entries = excluded.journal_entries, journal_oldest_at = excluded.journal_oldest_at, redis_durable = excluded.redis_durable,
      redis_problem = excluded.redis_problem,
      redis_trouble_since = case when excluded.redis_durable then null else coalesce(known.redis_trouble_since, now()) end,
      broker_away_since = case when excluded.broker_away_since is not null then coalesce(known.broker_away_since, now()) end,
      canary_halls = excluded.canary_halls, signing_keys = excluded.signing_keys, setting_concerns = excluded.setting_concerns, connections = excluded.connections, stopped_at = excluded.stopped_at
    where excluded.reported_at > known.reported_at or excluded.reported_at < known.reported_at - ${CLOCK_SET_BACK}
    returning 1`.execute(trx);
  return rows.length > 0;
}

function storeFigures({ spool, journal }: ProgramStatus): RawBuilder<unknown> {
  return sql.join([spool?.waiting ?? null, spool?.oldestAt ?? null, journal?.entries ?? null, journal?.oldestAt ?? null]);
}

/** A circuit that is new and closed is no change; one that is new and not closed was closed before its program could say so. */
async function insertChanges(trx: Ledger, { app, instance }: ProgramStatus, circuits: readonly ReportedCircuit[]): Promise<void> {
  await sql`
    insert into circuit_changes (destination, app, instance, from_state, to_state, reason, at)
    select r.destination, ${app}, ${instance}, coalesce(c.state, 'closed'), r.state, r.reason, r.since
    from ${rowSet(CIRCUIT, circuits, 'r')}
    left join circuits c on c.destination = r.destination and c.app = ${app} and c.instance = ${instance}
    where r.state <> coalesce(c.state, 'closed')
    order by r.since, r.destination`.execute(trx);
}

async function upsertCircuits(trx: Ledger, { app, instance }: ProgramStatus, circuits: readonly ReportedCircuit[]): Promise<void> {
  await sql`
    insert into circuits as known (destination, app, instance, state, since, troubled_since, reason, failures, window_size, held, next_probe_at)
    select destination, ${app}, ${instance}, state, since, case when state <> 'closed' then least(since, now()) end, reason, failures, window_size, held, next_probe_at
    from ${rowSet(CIRCUIT, circuits, 'r')}
    on conflict (destination, app, instance) do update set
      state = excluded.state, since = excluded.since, reason = excluded.reason, failures = excluded.failures, window_size = excluded.window_size,
      held = excluded.held, next_probe_at = excluded.next_probe_at, updated_at = now(),
      troubled_since = case when excluded.state <> 'closed' then coalesce(known.troubled_since, now()) end`.execute(trx);
  await trx.deleteFrom('circuits').where('app', '=', app).where('instance', '=', instance)
    .where('destination', '<>', sql<Destination>`all(${circuits.map(({ destination }) => destination)}::text[])`).execute();
}

/**
 * Every program heard within a day, by the order in which they were first seen. Of too many, those heard last: a program that starts
 * over and over leaves a row each time, and must not push out the living. Index: edge_instances_seen.
 */
export function loadInstances(db: Ledger): Promise<EdgeInstanceRow[]> {
  const heard = db.selectFrom('edge_instances').selectAll().orderBy('seen_at', 'desc').limit(INSTANCES_CAP);
  return db.selectFrom(heard.as('heard')).selectAll().orderBy('first_seen_at').orderBy('instance').execute();
}

/** The circuits of every program, silent ones included. Of too many, those that were reported last. */
export function loadCircuits(db: Ledger): Promise<CircuitRow[]> {
  const reported = db.selectFrom('circuits').selectAll().orderBy('updated_at', 'desc').limit(CIRCUITS_CAP);
  return db.selectFrom(reported.as('reported')).selectAll().orderBy('destination').orderBy('app').orderBy('instance').execute();
}

/**
 * The destinations whose circuit is open in every living program (heard within `silentMs`) that serves them. Whatever is ordered there waits at the circuit:
 * publishing it again would only make copies. Half-open is not shut: there the circuit waits for an order to try.
 */
export async function loadShutDestinations(db: Ledger, silentMs: number): Promise<Destination[]> {
  const { rows } = await sql<{ destination: Destination }>`
    select c.destination from circuits c join edge_instances i on i.app = c.app and i.instance = c.instance
    where ${livesWithin(silentMs)}
    group by c.destination having bool_and(c.state = 'open')`.execute(db);
  return rows.map(({ destination }) => destination);
}

/** How many orders to each destination the living programs keep in hand until the endpoint answers again. */
export async function loadHeld(db: Ledger, silentMs: number): Promise<Map<Destination, number>> {
  const { rows } = await sql<{ destination: Destination; held: number }>`
    select c.destination, sum(c.held)::int as held from circuits c join edge_instances i on i.app = c.app and i.instance = c.instance
    where c.held > 0 and ${livesWithin(silentMs)} group by c.destination`.execute(db);
  return new Map(rows.map(({ destination, held }) => [destination, held]));
}

/** Of the programs `i`: those heard within so many milliseconds that have not ended since. */
function livesWithin(silentMs: number): RawBuilder<SqlBool> {
  return sql<SqlBool>`i.seen_at > now() - ${silentMs} * interval '1 millisecond' and i.stopped_at is null`;
}

const INSTANCES_CAP = 1_000;
const CIRCUITS_CAP = 10_000;
