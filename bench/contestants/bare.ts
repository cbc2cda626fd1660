import { Program, type ProgramPlan } from '../../local/programs/program.ts';
import { choosePorts } from '../../local/servers/free-port.ts';
import type { Profile } from '../../local/servers/profile.ts';
import { numbersOf } from '../rounds.ts';
import type { Side } from '../sink.ts';
import type { Contestant, Ground } from './contestant.ts';
import { ask1 } from './grounds.ts';

const NAMES = ['bare-hub', 'bare-hall', 'bare-centre'] as const;
const HEADERS = { 'content-type': 'application/json' };

/** The least code that makes the same durable steps, tuned as an expert would: what the bridge is measured against. */
export async function startBare(profile: Profile, ground: Ground, sinkUrls: Readonly<Record<Side, string>>): Promise<Contestant> {
  const ports = await choosePorts(NAMES, {});
  const env = { PATH: process.env['PATH'], RABBITMQ_URL: ground.rabbitmq, DATABASE_URL: ground.database };
  const plan = (name: (typeof NAMES)[number], file: string, more: Record<string, string>): ProgramPlan => ({
    name, script: `bench/bare/${file}.ts`, nodeArgs: ['--disable-warning=ExperimentalWarning'], port: ports[name], readyPath: '/health/ready',
    env: { ...env, ...more, PORT: String(ports[name]) },
  });
  const plans = [plan('bare-hub', 'hub', {}), plan('bare-hall', 'edge', { SIDE: 'hall', TARGET_URL: sinkUrls.halls }), plan('bare-centre', 'edge', { SIDE: 'centre', TARGET_URL: sinkUrls.centre })];
  const programs = plans.map((one) => new Program(one, profile));
  for (const program of programs) await program.launch().then(() => program.becomeReady({}));
  const url = (name: (typeof NAMES)[number]): string => `http://127.0.0.1:${ports[name]}`;
  return {
    name: 'bare', programs, doors: { hall: url('bare-hall'), centre: url('bare-centre') },
    single: (payloads) => ({ path: '/events', headers: HEADERS, body: payloads[0]?.text ?? '', projectNos: numbersOf(payloads) }),
    batch: (payloads) => ({ path: '/events', headers: HEADERS, body: `[${payloads.map(({ text }) => text).join(',')}]`, projectNos: numbersOf(payloads) }),
    unsettled: () => ask1(ground.database, `select count(*) as value from transfers where status <> 'delivered'`),
  };
}
