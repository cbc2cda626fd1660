/** What a program's time goes into, in the order in which it is told. */
export const STAGES = ['validation', 'signature', 'sealing', 'rules', 'broker', 'ledger', 'redis', 'http', 'collection', 'rest'] as const;
export type Stage = (typeof STAGES)[number];
export type ByStage = Readonly<Record<Stage, number>>;

/** What V8 writes with `--cpu-prof`: a tree of calls, and at which of them each sample found the program. */
export interface CpuProfile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: { readonly functionName: string; readonly url: string }; readonly children?: readonly number[] }[];
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

type Call = CpuProfile['nodes'][number]['callFrame'];

/** Functions of the standard library that say by themselves what they are for. */
const BY_FUNCTION: readonly (readonly [RegExp, Stage])[] = [[/^\(garbage collector\)$/, 'collection']];
/** Files by what they are for; the innermost call of a sample that one of these knows decides. */
const BY_FILE: readonly (readonly [RegExp, Stage])[] = [
  [/contracts\/src\/validation|class-validator|\/validator\/|libphonenumber/, 'validation'],
  [/edge\/src\/(?:verify-signature|signing)/, 'signature'],
  [/sealed-body|key-ring|sealed-json|digest-event|edge\/src\/(?:letter|parse-events)/, 'sealing'],
  [/contracts\/src\/|gateway\/src\/(?:cases|hall-to-centre|centre-to-hall|dispatch)/, 'rules'],
  [/amqplib|libs\/bus\//, 'broker'],
  [/\/pg(?:-|\/)|postgres-|kysely|gateway\/src\/ledger/, 'ledger'],
  [/ioredis|bullmq|redis-/, 'redis'],
  [/_http_|undici|fastify|find-my-way|@nestjs|wasm:/, 'http'],
];

/**
 * The share of each stage in a program's own time, from `sinceMs` after its start on: what comes before is starting up. Waiting counts for nothing.
 * A sample belongs to the innermost of its calls whose file is known, so a library's time belongs to who uses it only where the library is not known.
 */
export function sharesOf({ nodes, samples, timeDeltas }: CpuProfile, sinceMs: number): ByStage {
  const calls = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const callers = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const stages = new Map<number, Stage | null>();
  const spent = Object.fromEntries(STAGES.map((stage) => [stage, 0])) as Record<Stage, number>;
  let at = 0;
  samples.forEach((id, index) => {
    const micros = timeDeltas[index] ?? 0;
    at += micros;
    if (at < sinceMs * 1000 || calls.get(id)?.functionName === '(idle)') return;
    spent[stageOf(id, calls, callers, stages) ?? 'rest'] += micros;
  });
  const total = Object.values(spent).reduce((sum, micros) => sum + micros, 0);
  return Object.fromEntries(STAGES.map((stage) => [stage, total === 0 ? 0 : spent[stage] / total])) as ByStage;
}

function stageOf(id: number, calls: ReadonlyMap<number, Call>, callers: ReadonlyMap<number, number>, known: Map<number, Stage | null>): Stage | null {
  const before = known.get(id);
  if (before !== undefined) return before;
  const call = calls.get(id);
  const own = call === undefined ? null : stageOfCall(call);
  const caller = callers.get(id);
  const stage = own ?? (caller === undefined ? null : stageOf(caller, calls, callers, known));
  known.set(id, stage);
  return stage;
}

function stageOfCall({ functionName, url }: Call): Stage | null {
  return (BY_FUNCTION.find(([pattern]) => pattern.test(functionName)) ?? BY_FILE.find(([pattern]) => pattern.test(url)))?.[1] ?? null;
}
