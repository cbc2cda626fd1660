import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CHECKOUT, type Profile } from './profile.ts';
import { SERVER_NAMES, type ServerState } from './server-kind.ts';

const run = promisify(execFile);
const ANSWER_MS = 8_000;
const UP_MS = 600_000;
const STOP_MS = 60_000;

/** Whether a Docker engine answers and knows `docker compose`. */
export async function dockerAnswers(): Promise<boolean> {
  try {
    await run('docker', ['info', '--format', '{{.ServerVersion}}'], { timeout: ANSWER_MS });
    await run('docker', ['compose', 'version'], { timeout: ANSWER_MS });
    return true;
  } catch {
    return false;
  }
}

/** Starts one service of docker-compose.yml with these ports and this password, in a project that is this profile's own. */
export async function composeUp(profile: Profile, name: string, state: ServerState): Promise<void> {
  await compose(profile, ['up', '-d', name], composeEnvironment(name, state), UP_MS);
}

/** Stops the service; its data stay in their volume. */
export async function composeStop(profile: Profile, name: string, state: ServerState): Promise<void> {
  await compose(profile, ['stop', name], composeEnvironment(name, state), STOP_MS);
}

/** Every variable that docker-compose.yml asks for, though only this server's are used: the file is read as a whole. */
export function composeEnvironment(name: string, state: ServerState): Record<string, string> {
  const passwords = SERVER_NAMES.map((server) => [`${server.toUpperCase()}_PASSWORD`, server === name ? state.password : 'unused']);
  const ports: Readonly<Record<string, Record<string, number | undefined>>> = {
    rabbitmq: { RABBITMQ_PORT: state.ports['amqp'], RABBITMQ_MANAGEMENT_PORT: state.ports['management'] },
    redis: { REDIS_PORT: state.ports['redis'] },
    postgres: { POSTGRES_PORT: state.ports['postgres'] },
  };
  return { ...Object.fromEntries(passwords) as Record<string, string>, ...Object.fromEntries(Object.entries(ports[name] ?? {}).map(([key, port]) => [key, String(port)])) };
}

async function compose(profile: Profile, args: readonly string[], env: Record<string, string>, timeout: number): Promise<void> {
  const file = join(CHECKOUT, 'docker-compose.yml');
  try {
    await run('docker', ['compose', '-f', file, '-p', `jiujin-${profile.id}`, ...args], { timeout, env: { ...process.env, ...env } });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`docker compose ${args.join(' ')} 失败：${stderr?.trim() ?? String(error)}`, { cause: error });
  }
}
