import { Program, type ProgramPlan } from '../../local/programs/program.ts';
import { choosePorts } from '../../local/servers/free-port.ts';
import type { Profile } from '../../local/servers/profile.ts';
import type { Payload } from '../payloads.ts';
import type { Contestant, Ground } from './contestant.ts';
import { ask1 } from './grounds.ts';

const NAMES = ['bare-hub', 'bare-hall', 'bare-centre'] as const;
const HEADERS = { 'content-type': 'application/json' };

/** The least code that makes the same durable steps, tuned as an expert would: what the bridge is measured against. */
export async function startBare(profile: Profile, ground: Ground, sinkUrl: string): Promise<Contestant> {
  const ports = await choosePorts(NAMES, {});
  const env = { PATH: process.env['PATH'], RABBITMQ_URL: ground.rabbitmq, DATABASE_URL: ground.database, TARGET_URL: sinkUrl };
  const plan = (name: (typeof NAMES)[number], file: string, more: Record<string, string>): ProgramPlan => ({
    name, script: `bench/bare/${file}.ts`, nodeArgs: ['--disable-warning=ExperimentalWarning'], port: ports[name], readyPath: '/health/ready',
    env: { ...env, ...more, PORT: String(ports[name]) },
  });
  const programs = [plan('bare-hub', 'hub', {}), plan('bare-hall', 'edge', { SIDE: 'hall' }), plan('bare-centre', 'edge', { SIDE: 'centre' })]
    .map((one) => new Program(one, profile));
  for (const program of programs) await program.launch().then(() => program.becomeReady({}));
  const url = (name: (typeof NAMES)[number]): string => `http://127.0.0.1:${ports[name]}`;
  return {
    name: 'bare', programs, doors: { hall: url('bare-hall'), centre: url('bare-centre') },
    single: (payloads) => ({ path: '/events', headers: HEADERS, body: payloads[0]?.text ?? '', projectNos: numbersOf(payloads) }),
    batch: (payloads) => ({ path: '/events', headers: HEADERS, body: `[${payloads.map(({ text }) => text).join(',')}]`, projectNos: numbersOf(payloads) }),
    atRest: async () => (await ask1(ground.database, `select count(*) as value from transfers where status <> 'delivered'`)) === 0,
  };
}

function numbersOf(payloads: readonly Payload[]): string[] {
  return payloads.map(({ projectNo }) => projectNo);
}
