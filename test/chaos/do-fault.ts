import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { statusOf } from '../../local/programs/control.ts';
import { until } from '../../local/until.ts';
import { blockPublishers } from './block-publishers.ts';
import { LINES, type FaultName, type Line } from './faults.ts';
import type { PlannedFault } from './plan-faults.ts';
import { letterCode } from './look-at-ledger.ts';
import { deadlyPoison, poisons, putOnBroker, type Poison } from './poison.ts';
import { queuesAreConsumed } from './queues-consumed.ts';
import type { SimulatorFaults } from './simulator-control.ts';
import type { Stage } from './stage.ts';
import { SIDES, type Instance, type Side } from './stage-names.ts';
import type { TcpProxy, Weather } from './tcp-proxy.ts';

const READY_MS = 60_000;
const BROKER_MS = 40_000;
/** Five deaths, each with a start on a busy machine after it; and what lay beside it in the queue is handled one by one by then. */
const LETTER_MS = 150_000;
const KILLS = 'kills-its-process';
const CLOCK_JUMP_MS = 120_000;
const FILLED_WITH = 5;
const FILLED_MS = 3_000;

export interface Hands {
  readonly stage: Stage;
  readonly simulators: SimulatorFaults;
  /** Poison messages that the broker confirmed: each must be found among the dead letters. */
  readonly poisonIds: string[];
  /** Cuts a fault short when the run is called off; it is undone all the same. */
  readonly signal: AbortSignal;
}

/** What a fault does while it lasts. Resolves when its cause is gone; what it broke may still be coming back. */
type Act = (hands: Hands, fault: PlannedFault) => Promise<void>;

const ACTS: Record<FaultName, Act> = {
  'app-killed': ({ stage }, { target }) => stage.program(target as Instance).end('SIGKILL'),
  'app-terminated': ({ stage }, { target }) => stage.program(target as Instance).end('SIGTERM'),
  'app-frozen': async (hands, fault) => {
    const program = hands.stage.program(fault.target as Instance);
    program.freeze();
    await lasting(hands, fault, () => { program.thaw(); });
  },
  'clock-jump': async (hands, fault) => {
    const program = hands.stage.program(fault.target as Instance);
    const shift = fault.choice < 0.5 ? -CLOCK_JUMP_MS : CLOCK_JUMP_MS;
    await program.end('SIGKILL', { CHAOS_CLOCK_SHIFT_MS: String(shift) });
    await program.ready(READY_MS, hands.signal).catch(() => undefined);
    await lasting(hands, fault, () => program.end('SIGKILL', { CHAOS_CLOCK_SHIFT_MS: undefined }));
  },

  'rabbitmq-killed': ({ stage }) => restart(stage, 'rabbitmq', 'SIGKILL'),
  'rabbitmq-stopped': async (hands, fault) => {
    await hands.stage.servers.rabbitmq.strike('SIGTERM');
    await lasting(hands, fault, () => hands.stage.servers.rabbitmq.start());
  },
  'rabbitmq-wiped': async ({ stage, signal }) => {
    await fillQueues(stage, signal);
    await restart(stage, 'rabbitmq', 'SIGKILL', () => {
      const data = join(stage.profile.servers, 'rabbitmq/data');
      if (!existsSync(data)) throw new Error(`RabbitMQ's data are not at ${data}`);
      rmSync(data, { recursive: true });
    });
    // A broker that is killed while it makes its queues may never have a leader for one of them again: that would be its own fault, not the bridge's.
    await until(() => queuesAreConsumed(stage.servers.rabbitmq.directUrl), { within: BROKER_MS, every: 500, what: 'every queue made anew and consumed', signal }).catch(() => undefined);
  },
  'rabbitmq-blocked': async (hands, fault) => {
    const unblock = await blockPublishers(hands.stage.profile, hands.stage.servers.rabbitmq.state);
    await lasting(hands, fault, unblock);
  },
  'redis-killed': ({ stage }) => restart(stage, 'redis', 'SIGKILL'),
  'redis-flushed': ({ stage }) => flush(stage.servers.redis.directUrl),
  'postgres-restarted': ({ stage }) => restart(stage, 'postgres', 'SIGQUIT'),

  'connections-dropped': async ({ stage }) => {
    for (const line of LINES) proxyOf(stage, line).drop();
  },
  'network-cut': (hands, fault) => weather(hands, fault, 'cut'),
  'network-silent': (hands, fault) => weather(hands, fault, 'silent'),
  'network-slow': (hands, fault) => weather(hands, fault, { slowMs: Math.round(20 + fault.choice * 180) }),

  'answers-500': (hands, fault) => misbehave(hands, fault, { statusRatio: 0.5 + fault.choice / 2, status: 500 }),
  'answers-429': (hands, fault) => misbehave(hands, fault, { statusRatio: 0.5 + fault.choice / 2, status: 429, retryAfter: 1 }),
  'answers-nothing': (hands, fault) => misbehave(hands, fault, fault.choice < 0.5 ? { hang: 0.3 } : { hangAfterApply: 0.3 }),
  'applied-unsaid': (hands, fault) => misbehave(hands, fault, { closeAfterApply: 0.5 }),
  'sent-twice': (hands, fault) => misbehave(hands, fault, { duplicateSend: 0.5 }),
  'sent-reordered': (hands, fault) => misbehave(hands, fault, { reorderSend: 0.5 }),
  'poison': (hands) => putPoison(hands, poisons(keyFileOf(hands))),
  'poison-deadly': async (hands, { target }) => {
    const message = deadlyPoison(keyFileOf(hands), target);
    await putPoison(hands, [message]);
    const { stage, signal } = hands;
    const code = await until(() => letterCode(stage.servers.postgres.directUrl, message.messageId), { within: LETTER_MS, every: 250, what: `${message.messageId} among the dead letters`, signal });
    if (code !== KILLS) throw new Error(`${message.messageId} became a dead letter with the code ${code}, not ${KILLS}`);
  },
};

function keyFileOf({ stage }: Hands): string {
  return join(stage.profile.secrets, 'ledger-keys.json');
}

async function putPoison({ stage, poisonIds, signal }: Hands, messages: readonly Poison[]): Promise<void> {
  // After its data were deleted the broker has no queues until a program is back.
  await until(async () => {
    await putOnBroker(stage.servers.rabbitmq.directUrl, messages);
    return true;
  }, { within: BROKER_MS, every: 250, what: 'a broker that takes poison', signal });
  poisonIds.push(...messages.map(({ messageId }) => messageId));
}

/** Does the fault; resolves when its cause is gone, however it was cut short. */
export function doFault(hands: Hands, fault: PlannedFault): Promise<void> {
  return ACTS[fault.name](hands, fault);
}

/** Waits as long as the fault lasts, or until the run is called off, and undoes it. */
async function lasting({ signal }: Hands, { lastsMs }: PlannedFault, undo: () => unknown): Promise<void> {
  try {
    await pause(lastsMs, undefined, { signal });
  } catch {
    // Called off.
  } finally {
    await undo();
  }
}

async function restart(stage: Stage, name: keyof Stage['servers'], signal: NodeJS.Signals, between: () => void = () => undefined): Promise<void> {
  await stage.servers[name].strike(signal);
  between();
  await stage.servers[name].start();
}

/** Kills both gateways and waits for the doors to accept something: a RabbitMQ that is deleted with nothing in it would lose nothing. */
async function fillQueues(stage: Stage, signal: AbortSignal): Promise<void> {
  const accepted = async (): Promise<number> => {
    const status = await Promise.all(SIDES.map((side) => statusOf(stage.simulatorUrl(side))));
    return status.reduce((sum, { events }) => sum + events.accepted, 0);
  };
  await Promise.all([stage.program('gateway').end('SIGKILL'), stage.program('gateway-2').end('SIGKILL')]);
  const before = await accepted();
  await until(async () => (await accepted()) >= before + FILLED_WITH, { within: FILLED_MS, every: 20, signal }).catch(() => undefined);
}

async function flush(url: string): Promise<void> {
  const redis = new Redis(url, { maxRetriesPerRequest: 3 });
  redis.on('error', () => undefined);
  try {
    await redis.flushall();
  } finally {
    redis.disconnect();
  }
}

function proxyOf(stage: Stage, line: Line): TcpProxy {
  if (line === 'door-platform' || line === 'door-centre') return stage.doors[line === 'door-platform' ? 'platform' : 'centre'];
  if (line === 'platform' || line === 'centre') return stage.fronts[line];
  return stage.servers[line].proxy;
}

async function weather(hands: Hands, fault: PlannedFault, weather: Weather): Promise<void> {
  const proxy = proxyOf(hands.stage, fault.target as Line);
  proxy.weather = weather;
  await lasting(hands, fault, () => { proxy.weather = 'clear'; });
}

async function misbehave(hands: Hands, fault: PlannedFault, settings: object): Promise<void> {
  const heal = await hands.simulators.add(fault.target as Side, settings as Record<string, unknown>);
  await lasting(hands, fault, heal);
}

/** Whatever a fault left behind that could not undo it: all lines clear, all programs running. */
export function healAll({ stage }: Hands): void {
  for (const line of LINES) proxyOf(stage, line).weather = 'clear';
  for (const program of stage.programs.values()) program.thaw();
}

