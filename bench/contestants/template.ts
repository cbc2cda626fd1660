import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Program, type ProgramPlan } from '../../local/programs/program.ts';
import { choosePorts } from '../../local/servers/free-port.ts';
import { CHECKOUT, type Profile } from '../../local/servers/profile.ts';
import { numbersOf } from '../rounds.ts';
import type { Side } from '../sink.ts';
import type { Contestant, Ground } from './contestant.ts';
import { messagesIn } from './grounds.ts';

const NAMES = ['template-hub', 'template-hall', 'template-centre'] as const;
const HEADERS = { 'content-type': 'application/json' };

/** What a team would write from the framework's documentation: stock transport, a validation pipe, a job for each delivery; no ledger, no receipts. */
export async function startTemplate(
  profile: Profile, ground: Ground, sinkUrls: Readonly<Record<Side, string>>, servers: Readonly<Record<string, string>>,
): Promise<Contestant> {
  await promisify(execFile)(process.execPath, [join(CHECKOUT, 'node_modules/typescript/bin/tsc'), '-p', join(CHECKOUT, 'bench/template/tsconfig.json')]);
  const ports = await choosePorts(NAMES, {});
  const env = { PATH: process.env['PATH'], NODE_ENV: 'production', RABBITMQ_URL: ground.rabbitmq };
  const plan = (name: (typeof NAMES)[number], file: string, more: Record<string, string>): ProgramPlan => ({
    name, script: `.jiujin/bench/template/${file}.js`, nodeArgs: [], port: ports[name], readyPath: '/health/ready', env: { ...env, ...more, PORT: String(ports[name]) },
  });
  const side = (name: 'hall' | 'centre', targetUrl: string): Record<string, string> => ({ SIDE: name, TARGET_URL: targetUrl, REDIS_URL: ground.redis, REDIS_PREFIX: `template-${name}` });
  const plans = [plan('template-hub', 'hub', {}), plan('template-hall', 'edge', side('hall', sinkUrls.halls)), plan('template-centre', 'edge', side('centre', sinkUrls.centre))];
  const programs = plans.map((one) => new Program(one, profile));
  for (const program of programs) await program.launch().then(() => program.becomeReady({}));
  const url = (name: (typeof NAMES)[number]): string => `http://127.0.0.1:${ports[name]}`;
  return {
    name: 'template', programs, doors: { hall: url('template-hall'), centre: url('template-centre') },
    single: (payloads) => ({ path: '/events', headers: HEADERS, body: payloads[0]?.text ?? '', projectNos: numbersOf(payloads) }),
    batch: (payloads) => ({ path: '/batches', headers: HEADERS, body: `[${payloads.map(({ text }) => text).join(',')}]`, projectNos: numbersOf(payloads) }),
    unsettled: () => messagesIn(servers, ground.rabbitmq),
  };
}
