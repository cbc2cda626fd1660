/** A column as the database describes it. */
export interface Column {
  readonly name: string;
  /** Such as `text` or `timestamp with time zone`. */
  readonly type: string;
}

export const CLONED_TABLES = ['cases', 'events', 'transfers', 'attempts'] as const;
export type ClonedTable = (typeof CLONED_TABLES)[number];

/**
 * The parameters of every statement: number of the first and of the last case, samples, events and attempts of the longest sample, when case 0 came
 * (text of an instant), seconds from case to case, indexes of the people who can be searched for, row numbers that the events and attempts of case 0 begin at.
 */
const PARAMETERS = `
  select $1::bigint as first, $2::bigint as last, $2::bigint - $1::bigint + 1 as size, $3::bigint as samples, $4::bigint as events_each,
    $5::bigint as attempts_each, $6::timestamptz as began, $7::float8 as cadence, $8::text[] as known,
    $9::bigint as events_begin, $10::bigint as attempts_begin`;

const NUMBER = `left(s.project_no, 6) || '-4711-ledger-' || lpad(g.i::text, 9, '0')`;
/** Rows of one stage of a chunk's cases lie together, as they would where the stages of a case are hours apart. */
const EVENT_SEQ = 'p.events_begin + p.first * p.events_each + s.k * p.size + (g.i - p.first)';
const TRANSFER_ID = `'tr_' || left(translate(encode(sha256((${NUMBER} || '/' || s.transfer_no)::bytea), 'base64'), '+/=', '-_'), 27)`;
const FAILS = 'g.i % 1000 = 7 and s.is_result';
/** One of fifty is among those who are searched for, and comes again and again; everybody else has three cases. */
const APPLICANT = `
  case when (g.i / 3) % 50 = 0 then p.known[1 + (g.i / 150) % cardinality(p.known)] else encode(sha256(('person ' || g.i / 3)::bytea), 'hex') end`;

/** What cannot be as it was in the sample; every other column is, but for instants, which move to the clone's time. */
const OWN_VALUES: Readonly<Record<ClonedTable, Readonly<Record<string, string>>>> = {
  cases: { project_no: NUMBER, applicant_index: APPLICANT },
  events: {
    seq: EVENT_SEQ, project_no: NUMBER, order_key: NUMBER,
    event_id: `case when strpos(s.event_id, s.project_no) > 0 then replace(s.event_id, s.project_no, ${NUMBER}) else left(s.event_id, 40) || '-' || g.i end`,
  },
  transfers: {
    id: TRANSFER_ID, project_no: NUMBER, event_seq: EVENT_SEQ,
    status: `case when ${FAILS} then 'failed' else s.status end`,
    delivered_at: `case when ${FAILS} then null else s.delivered_at + d.shift end`,
    error_word: `case when ${FAILS} then 'permanent' else s.error_word end`,
    error_code: `case when ${FAILS} then 'http-422' else s.error_code end`,
    http_status: `case when ${FAILS} then 422 else s.http_status end`,
  },
  attempts: {
    seq: 'p.attempts_begin + p.first * p.attempts_each + s.attempt_no * p.size + (g.i - p.first)', transfer_id: TRANSFER_ID,
    outcome: `case when ${FAILS} then 'permanent' else s.outcome end`,
    error_code: `case when ${FAILS} then 'http-422' else s.error_code end`,
    http_status: `case when ${FAILS} then 422 else s.http_status end`,
  },
};

/** By which instant a row of the sample is moved to its clone's time. */
const ANCHORS: Readonly<Record<ClonedTable, string>> = { cases: 'created_at', events: 'recorded_at', transfers: 'created_at', attempts: 'recorded_at' };

/** Copies the samples in `bench_sample` into a table, one for each number of a range, with every column the table has. */
export function cloneStatement(table: ClonedTable, columns: readonly Column[]): string {
  const own = OWN_VALUES[table];
  const unknown = Object.keys(own).filter((name) => !columns.some((column) => column.name === name));
  if (unknown.length > 0) throw new Error(`${table} has no column ${unknown.join(', ')} any more: the ledger's shape has changed, and so must its generator`);
  const values = columns.map(({ name, type }) => own[name] ?? (type === 'timestamp with time zone' ? `s.${quoted(name)} + d.shift` : `s.${quoted(name)}`));
  return `
    insert into ${table} (${columns.map(({ name }) => quoted(name)).join(', ')}) overriding system value
    select ${values.join(', ')}
    from (${PARAMETERS}) p
    cross join generate_series(p.first, p.last) as g(i)
    join bench_sample.${table} s on s.sample = g.i % p.samples
    cross join lateral (select p.began + make_interval(secs => (g.i + s.k * p.size) * p.cadence) - s.${ANCHORS[table]} as shift) d
    order by s.k, g.i`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
