/** What a run may be found guilty of, by its fields in the result. */
export type Charge = 'lost' | 'duplicated' | 'outOfOrder' | 'stuck' | 'altered' | 'failed' | 'poison';

/** One guarantee taken out of the programs, to see that the checker notices. */
export interface Breakage {
  readonly zh: string;
  /** Source file, the text in it that stands for the guarantee (it must read the same when compiled), and what takes its place. */
  readonly patches: readonly { readonly file: string; readonly find: string; readonly put: string }[];
  /** The faults that bring it to light, as `--only` takes them. */
  readonly faults: readonly string[];
  /** What the checker must find then: at least one of these. */
  readonly charges: readonly Charge[];
}

const GATEWAY = 'apps/gateway/src';
const NO_JOURNAL = {
  file: 'libs/edge/src/journal-scripts.ts', find: "if redis.call('HSETNX', KEYS[1], id, ARGV[at + 4]) == 1 then", put: 'if false then',
};
/** Gives the second and every later use of a name another one, within one process. */
const onlyOnce = (name: string): string => `((globalThis.usedNames ??= new Set()).has(${name}) ? ${name} + '.' + Math.random().toString(36).slice(2) : (globalThis.usedNames.add(${name}), ${name}))`;

/** Where a guarantee is kept in two ways, both are taken out: one alone would not show. */
export const BREAKAGES = {
  'ack-before-commit': {
    zh: '网关先确认消息（也向适配器确认），后提交事务',
    patches: [{
      file: `${GATEWAY}/cases/receive-events.ts`,
      find: 'const result = await settleBatch(batch, (message, tried) => this.read(message, tried), (arrivals) => this.receive(arrivals));',
      put: "const result = batch.map(() => 'done'); void settleBatch(batch, (message, tried) => this.read(message, tried), (arrivals) => this.receive(arrivals)).catch(() => undefined);",
    }],
    faults: ['postgres-restarted', 'app-killed:gateway', 'app-killed:gateway-2', 'network-cut:postgres'],
    charges: ['lost', 'stuck'],
  },
  'accepted-before-kept': {
    zh: '入口先答复 202，后写受理日志和发布',
    patches: [{
      file: 'libs/edge/src/ingress.ts', find: 'const settled = await this.#options.take.run(sender, judged);',
      put: 'const settled = judged; void this.#options.take.run(sender, judged).catch(() => undefined);',
    }],
    faults: ['redis-killed', 'network-cut:redis', 'app-killed:district-adapter', 'app-killed:centre-adapter'],
    charges: ['lost', 'stuck'],
  },
  'no-journal': {
    zh: '入口不写受理日志，只有 RabbitMQ 一处持有',
    patches: [NO_JOURNAL],
    faults: ['rabbitmq-wiped'],
    charges: ['lost', 'stuck'],
  },
  'publish-without-confirm': {
    zh: '发布不等 RabbitMQ 确认（也不写受理日志）',
    patches: [NO_JOURNAL, { file: 'libs/bus/src/publishing-lane.ts', find: 'const flowing = current.channel.publish(', put: 'queueMicrotask(() => this.pending.get(id)?.finish()); const flowing = current.channel.publish(' }],
    faults: ['rabbitmq-killed', 'network-silent:rabbitmq', 'network-slow:rabbitmq'],
    charges: ['lost', 'stuck'],
  },
  'no-dedupe': {
    zh: '入账不去重：不查重、无唯一约束、不看序号',
    patches: [
      { file: `${GATEWAY}/cases/apply-events.ts`, find: 'const known = new Map(found.known.map((row) => [eventKey({ source: row.source, id: row.event_id }), row]));', put: 'const known = new Map();' },
      { file: `${GATEWAY}/ledger/transfer-rows.ts`, find: '(select e.seq from events e where', put: '(select max(e.seq) from events e where' },
      { file: `${GATEWAY}/ledger/migrations/0001-ledger.ts`, find: 'constraint events_source_event_id unique (source, event_id)', put: 'constraint events_source_event_id check (true)' },
      { file: 'libs/contracts/src/lifecycle/decide.ts', find: "const repetition = repeats(event, current) ?? (place === 'repeated' ? 'old-sequence' : null);", put: 'const repetition = null;' },
      { file: `${GATEWAY}/cases/plan-transfers.ts`, find: 'id: transferIdOf(event.source, event.id, intent.to),', put: `id: ${onlyOnce('transferIdOf(event.source, event.id, intent.to)')},` },
    ],
    faults: ['sent-twice', 'app-killed:gateway', 'app-killed:gateway-2'],
    charges: ['duplicated'],
  },
  'no-parking': {
    zh: '先到的后续事件不等前序事件，直接忽略',
    patches: [{
      file: 'libs/contracts/src/lifecycle/decide.ts', find: "return words('park', 'sequence-gap', event, current);",
      put: "return words('ignore', 'old-sequence', event, current, current);",
    }],
    faults: ['sent-reordered'],
    charges: ['lost', 'stuck'],
  },
  'failure-counted-delivered': {
    zh: '失败的回执也算送达',
    patches: [{ file: `${GATEWAY}/dispatch/judge-receipt.ts`, find: "if (outcome === 'delivered')", put: 'if (true)' }],
    faults: ['answers-429', 'answers-500'],
    charges: ['lost', 'stuck'],
  },
  'lanes-open': {
    zh: '同一办件同一目的地可以同时投递多条',
    patches: [
      { file: `${GATEWAY}/cases/plan-transfers.ts`, find: 'const busy = memory.busyLanes.has(lane);', put: 'const busy = false;' },
      { file: `${GATEWAY}/ledger/migrations/0001-ledger.ts`, find: 'create unique index transfers_one_under_way', put: 'create index transfers_one_under_way' },
    ],
    faults: ['answers-429', 'answers-nothing'],
    charges: ['outOfOrder'],
  },
  'random-idempotency-key': {
    zh: '每次投递换一个 Idempotency-Key',
    patches: [{ file: 'libs/edge/src/endpoint-caller.ts', find: "'idempotency-key': order.transferId,", put: `'idempotency-key': ${onlyOnce('order.transferId')},` }],
    faults: ['applied-unsaid', 'answers-nothing'],
    charges: ['duplicated'],
  },
  'no-asking-first': {
    zh: '对方不能去重，重投之前也不核对对方是否已收到',
    patches: [{ file: 'libs/edge/src/endpoint-caller.ts', find: 'if (context.maybeSent) {', put: 'if (false) {' }],
    faults: ['applied-unsaid', 'answers-nothing', 'app-killed:district-adapter', 'app-killed:district-adapter-2'],
    charges: ['duplicated'],
  },
  'permission-not-awaited': {
    zh: '收件先于收件权限到达即拒绝，不等待',
    patches: [{ file: `${GATEWAY}/cases/judge-event.ts`, find: 'if ((recordedAt ?? at) > permissionAwaitedSince) {', put: 'if (false) {' }],
    faults: ['app-frozen:gateway', 'app-frozen:gateway-2', 'network-silent:rabbitmq', 'rabbitmq-blocked'],
    charges: ['lost', 'stuck'],
  },
  'killers-handed-out': {
    zh: '谁处理谁退出的消息一再交给程序处理',
    patches: [{ file: 'libs/bus/src/guard-handler.ts', find: 'if (unfinished >= MAX_UNFINISHED_STARTS) {', put: 'if (false) {' }],
    faults: ['poison-deadly'],
    charges: ['poison', 'stuck', 'lost'],
  },
  'no-watchdog': {
    zh: '没有看门狗：不找没有回执的投递，不补定时器',
    patches: [{
      file: `${GATEWAY}/clocks/watchdog.ts`, find: 'this.ended = Promise.all([this.sweepAtIntervals(), ', put: 'this.ended = Promise.all([',
    }],
    faults: ['redis-flushed', 'answers-429', 'rabbitmq-wiped'],
    charges: ['lost', 'stuck'],
  },
  'no-timer-rebuild': {
    zh: 'Redis 丢失的重试定时器不从台账补回',
    patches: [
      { file: `${GATEWAY}/dispatch/rebuild-timers.ts`, find: 'const rebuild = await this.claimIfNeeded();', put: "const rebuild = 'kept';" },
      { file: `${GATEWAY}/clocks/sweep-ledger.ts`, find: "timers === 'away' ? 0 : this.config.retryMarginMs", put: '86_400_000' },
    ],
    faults: ['redis-flushed', 'answers-429'],
    charges: ['lost', 'stuck'],
  },
  'dead-letters-dropped': {
    zh: '处理不了的消息直接丢弃，不进死信',
    patches: [{
      file: 'libs/bus/src/settle.ts', find: "return { kind: 'dead-letter', key: deadLetterKey, reason: settlement.reason, code: settlement.code ?? 'refused-by-handler' };",
      put: "return { kind: 'ack' };",
    }],
    faults: ['poison'],
    charges: ['poison'],
  },
} as const satisfies Record<string, Breakage>;

export type BreakageName = keyof typeof BREAKAGES;
export const BREAKAGE_NAMES = Object.keys(BREAKAGES) as BreakageName[];

export function breakageOf(name: BreakageName): Breakage {
  return BREAKAGES[name];
}

export function isBreakageName(name: string): name is BreakageName {
  return Object.hasOwn(BREAKAGES, name);
}
