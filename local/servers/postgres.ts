import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { findProgram, versionedFolders } from './binaries.ts';
import { serverAccount, placeFor, type Account } from './postgres-account.ts';
import type { Profile } from './profile.ts';
import type { ServerKind, ServerState } from './server-kind.ts';

const run = promisify(execFile);
const INITDB_MS = 120_000;
const LOOK_MS = 3_000;

/** PostgreSQL. It refuses to run as root, so root runs it as an unprivileged account, with the data where that account can reach it. */
export const postgres: ServerKind = {
  name: 'postgres',
  title: 'PostgreSQL',
  envName: 'DATABASE_URL',
  debianPackage: 'postgresql',
  portNames: ['postgres'],
  stopSignal: 'SIGINT',
  stopGraceMs: 20_000,
  startWithinMs: 60_000,

  findBinaries() {
    const folders = [...versionedFolders('/usr/lib/postgresql', 'bin'), '/opt/homebrew/bin'];
    const server = findProgram('postgres', folders);
    return server === null ? null : { server, initdb: findProgram('initdb', [dirname(server), ...folders]) ?? 'initdb' };
  },

  async prepare(profile, state, binaries) {
    const account = serverAccount();
    const folder = placeFor(profile, account);
    const data = join(folder, 'data');
    const { server, initdb } = binariesFor(data, binaries);
    if (!existsSync(join(data, 'PG_VERSION'))) await createCluster(initdb, folder, data, state, account);
    else await keepPassword(server, folder, data, state, account);
    return {
      command: server, args: ['-D', data, ...settings(profile, state)], cwd: folder,
      env: environment(), logFile: join(profile.logs, 'postgres.log'), ...account.ids,
    };
  },

  async isReady(state) {
    const client = new Client({ connectionString: postgres.urlOf(state), connectionTimeoutMillis: LOOK_MS, query_timeout: LOOK_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('select 1');
      return true;
    } finally {
      await client.end();
    }
  },

  urlOf: (state) => `postgres://jiujin:${state.password}@127.0.0.1:${state.ports['postgres']}/postgres`,
};

function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LANG: 'C.UTF-8', TZ: 'UTC' };
}

/** Data made by one major version can be opened by that version only; where several are installed, the right one is taken. */
function binariesFor(data: string, binaries: Record<string, string>): { server: string; initdb: string } {
  const fallback = { server: binaries['server'] ?? 'postgres', initdb: binaries['initdb'] ?? 'initdb' };
  if (!existsSync(join(data, 'PG_VERSION'))) return fallback;
  const version = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
  const server = `/usr/lib/postgresql/${version}/bin/postgres`;
  return existsSync(server) ? { ...fallback, server } : fallback;
}

async function createCluster(initdb: string, folder: string, data: string, state: ServerState, account: Account): Promise<void> {
  const passwordFile = join(folder, 'password');
  rmSync(data, { recursive: true, force: true });
  writeFileSync(passwordFile, `${state.password}\n`, { mode: 0o600 });
  if (account.ids) chownSync(passwordFile, account.ids.uid, account.ids.gid);
  try {
    const args = ['-D', data, '-U', 'jiujin', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '-E', 'UTF8', '--locale=C', '--no-sync'];
    await run(initdb, args, { ...account.ids, cwd: folder, env: environment(), timeout: INITDB_MS });
    writeFileSync(passwordMark(folder), digestOf(state.password), { mode: 0o600 });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

/** Data may outlive the note of their password, where they lie outside the checkout: they get the new one, without the server being up. */
async function keepPassword(server: string, folder: string, data: string, state: ServerState, account: Account): Promise<void> {
  if (existsSync(passwordMark(folder)) && readFileSync(passwordMark(folder), 'utf8') === digestOf(state.password)) return;
  const working = run(server, ['--single', '-D', data, 'postgres'], { ...account.ids, cwd: folder, env: environment(), timeout: INITDB_MS });
  working.child.stdin?.end(`alter role jiujin password '${state.password}';\n`);
  await working;
  writeFileSync(passwordMark(folder), digestOf(state.password), { mode: 0o600 });
}

function passwordMark(folder: string): string {
  return join(folder, 'password.sha256');
}

function digestOf(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

/** No statement is written to the log: statements carry what people filled in. No Unix socket: its path could be too long for one. */
function settings(profile: Profile, state: ServerState): string[] {
  const pairs: Record<string, string> = {
    listen_addresses: '127.0.0.1', port: String(state.ports['postgres']), unix_socket_directories: '', max_connections: '200',
    shared_buffers: '256MB', timezone: 'UTC', log_statement: 'none', log_min_error_statement: 'panic', log_parameter_max_length_on_error: '0',
    ...(profile.durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(pairs).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
