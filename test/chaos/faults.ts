import { INSTANCES, SIDES } from './stage-names.ts';

/** What can be broken, as data. What each does is in `do-fault.ts`; when it happens, in `plan-faults.ts`. */
export interface FaultSpec {
  /** Name in the table that people read. */
  readonly zh: string;
  /** On whom it may fall. */
  readonly targets: readonly string[];
  /** Whether each of the targets gets it before any gets it twice. */
  readonly everyTarget?: true;
  /** Shortest and longest time, in milliseconds, from its beginning until its cause is gone; without, its cause is gone as soon as it is there. */
  readonly lastsMs?: readonly [number, number];
  /** How long its cause takes to undo after that (a server's restart), roughly: for the plan only, the run waits for what really happens. */
  readonly undoMs?: number;
  /** What it needs for itself while it lasts. Two faults that need the same never overlap; {@link APART} says why. */
  readonly needs: (target: string) => readonly string[];
}

const SERVERS = ['rabbitmq', 'redis', 'postgres'] as const;
/** Every stretch of network with a proxy in it. */
export const LINES = [...SERVERS, ...SIDES, 'door-platform', 'door-centre'] as const;
export type Line = (typeof LINES)[number];

const program = (target: string): string[] => [`program ${target}`];
const line = (target: string): string[] => [`line ${target}`];
const answers = (target: string): string[] => [`answers ${target}`];

/** The queues into which a message is put that kills whoever handles it: one of each program. */
export const DEADLY_QUEUES = ['gateway.intake', 'gateway.receipts', 'centre-adapter.work-items', 'district-adapter.completion-updates.410204'] as const;

/** Why some faults are kept apart, by what they need. */
export const APART: Readonly<Record<string, string>> = {
  'program': 'one process cannot be killed, frozen and restarted at the same moment',
  'server': 'one server cannot be killed, stopped and emptied at the same moment',
  'line': 'a line has one weather at a time; and while RabbitMQ cannot be reached, what is accepted lies in Redis alone, so Redis must not be emptied then',
  'answers': 'an answer is an error, a delay or a silence, not two of them',
  'sends': 'one setting of a sender has one value',
  'letter': 'a message that no door took over, and that no ledger has seen yet, lies in RabbitMQ alone',
  'holder': 'an accepted event lies in RabbitMQ and in Redis until it is in the ledger. Each may lose all its data; but not the one before what the other lost is there again',
};

export const FAULTS = {
  'app-killed': { zh: '程序被 kill -9', targets: INSTANCES, everyTarget: true, undoMs: 4_000, needs: program },
  'app-terminated': { zh: '程序被要求退出（SIGTERM）', targets: INSTANCES, undoMs: 5_000, needs: program },
  'app-frozen': { zh: '程序停顿（SIGSTOP）', targets: INSTANCES, lastsMs: [1_500, 5_000], needs: program },
  'clock-jump': { zh: '时钟跳变 2 分钟', targets: INSTANCES, lastsMs: [3_000, 8_000], undoMs: 8_000, needs: program },

  'rabbitmq-killed': { zh: 'RabbitMQ 被 kill -9 后重启', targets: ['rabbitmq'], undoMs: 8_000, needs: () => ['server rabbitmq'] },
  'rabbitmq-stopped': { zh: 'RabbitMQ 停机', targets: ['rabbitmq'], lastsMs: [20_000, 20_000], undoMs: 9_000, needs: () => ['server rabbitmq'] },
  'rabbitmq-wiped': { zh: 'RabbitMQ 数据目录被删', targets: ['rabbitmq'], undoMs: 10_000, needs: () => ['server rabbitmq', 'holder', 'letter', 'program gateway', 'program gateway-2'] },
  'rabbitmq-blocked': { zh: 'RabbitMQ 内存告警，阻塞发布', targets: ['rabbitmq'], lastsMs: [2_000, 6_000], undoMs: 2_000, needs: () => ['server rabbitmq'] },
  'redis-killed': { zh: 'Redis 被 kill -9 后重启', targets: ['redis'], undoMs: 1_000, needs: () => ['server redis'] },
  'redis-flushed': { zh: 'Redis 被清空（FLUSHALL）', targets: ['redis'], needs: () => ['server redis', 'server rabbitmq', 'line rabbitmq', 'holder'] },
  'postgres-restarted': { zh: 'PostgreSQL 立即重启', targets: ['postgres'], undoMs: 2_000, needs: () => ['server postgres'] },

  'connections-dropped': { zh: '断开全部连接', targets: ['all'], needs: () => LINES.flatMap(line) },
  'network-cut': { zh: '网络中断', targets: LINES, lastsMs: [1_000, 5_000], needs: line },
  'network-silent': { zh: '网络无响应', targets: LINES, lastsMs: [1_000, 5_000], needs: line },
  'network-slow': { zh: '网络变慢', targets: LINES, lastsMs: [2_000, 6_000], needs: line },

  'answers-500': { zh: '对方答复 500', targets: SIDES, lastsMs: [2_000, 6_000], needs: answers },
  'answers-429': { zh: '对方答复 429（Retry-After）', targets: SIDES, lastsMs: [2_000, 6_000], needs: answers },
  'answers-nothing': { zh: '对方不答复', targets: SIDES, lastsMs: [2_000, 6_000], needs: answers },
  'applied-unsaid': { zh: '对方收下后断开连接', targets: SIDES, lastsMs: [2_000, 6_000], needs: (side) => [`sends ${side} close`] },
  'sent-twice': { zh: '对方重复发送', targets: SIDES, lastsMs: [2_000, 6_000], needs: (side) => [`sends ${side} twice`] },
  'sent-reordered': { zh: '对方颠倒顺序发送', targets: SIDES, lastsMs: [2_000, 6_000], needs: (side) => [`sends ${side} reordered`] },
  'poison': { zh: '毒消息', targets: ['rabbitmq'], needs: () => ['server rabbitmq'] },
  'poison-deadly': { zh: '谁处理谁退出的毒消息', targets: DEADLY_QUEUES, undoMs: 15_000, needs: () => ['letter'] },
} as const satisfies Record<string, FaultSpec>;

export type FaultName = keyof typeof FAULTS;
export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

export function faultOf(name: FaultName): FaultSpec {
  return FAULTS[name];
}

/** A fault with those of its targets that it may fall on. */
export interface Aim { readonly name: FaultName; readonly targets: readonly string[] }

export const EVERY_FAULT: readonly Aim[] = FAULT_NAMES.map((name) => ({ name, targets: faultOf(name).targets }));

/** Reads `network-cut` or, for one target alone, `network-cut:redis`; `null` when there is no such fault or target. */
export function aimOf(text: string): Aim | null {
  const [name = '', target] = text.split(':');
  const all = EVERY_FAULT.find((aim) => aim.name === name);
  if (all === undefined || target === undefined) return all ?? null;
  return all.targets.includes(target) ? { ...all, targets: [target] } : null;
}

/** A fault that empties one of the two holders of an accepted event. */
export function losesData(name: FaultName): boolean {
  const { targets, needs } = faultOf(name);
  return needs(targets[0] ?? '').includes('holder');
}
