import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { until } from '../until.ts';
import { isListenedTo, listensOnLoopbackOnly } from './listening.fixture.ts';
import { postgres } from './postgres.ts';
import { placeFor, serverAccount } from './postgres-account.ts';
import { PrivateServer } from './private-server.ts';
import { isAlive, recordOf, saveRecord, type ProcessRecord } from './process-record.ts';
import { openProfile, type Profile } from './profile.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import { SERVER_KINDS } from './servers.ts';
import type { ServerKind, ServerState } from './server-kind.ts';

/** It answers; one look may be too short for a machine that stalls. */
function ready(kind: ServerKind, state: ServerState): Promise<boolean> {
  return until(() => kind.isReady(state), { within: 20_000, what: `${kind.name} to answer` });
}

function serverOf(kind: ServerKind, profile: Profile): PrivateServer {
  return new PrivateServer(kind, profile, kind.findBinaries() ?? {});
}

function recordIn(profile: Profile, name: string): ProcessRecord {
  return JSON.parse(readFileSync(join(profile.run, `${name}.json`), 'utf8')) as ProcessRecord;
}

describe('a private server', () => {
  let profile: Profile;
  let toRelease: PrivateServer[] = [];
  const held = (kind: ServerKind): PrivateServer => {
    const server = serverOf(kind, profile);
    toRelease.push(server);
    return server;
  };

  beforeEach(() => {
    profile = openProfile(`spec-${process.pid}-${Math.random().toString(36).slice(2, 8)}`);
    toRelease = [];
  });
  afterEach(async () => {
    await Promise.all(toRelease.map((server) => server.release()));
    rmSync(placeFor(profile, serverAccount()), { recursive: true, force: true });
    rmSync(profile.home, { recursive: true, force: true });
  });

  it.each(Object.values(SERVER_KINDS).map((kind) => [kind.title, kind] as const))('%s answers on loopback alone, and nothing of it is left when it is let go', async (_, kind) => {
    const server = held(kind);
    const { state, found } = await server.hold();
    expect(found).toBe(false);
    await ready(kind, state);
    const ports = Object.values(state.ports);
    expect(ports.filter((port) => !listensOnLoopbackOnly(port))).toEqual([]);
    const record = recordIn(profile, kind.name);
    await server.release();
    expect(isAlive(record)).toBe(false);
    await until(() => !ports.some(isListenedTo), { within: 20_000, what: `ports ${ports.join()} closed` });
  }, 180_000);

  it('refuses a wrong password', async () => {
    const { state } = await held(redis).hold();
    expect(await redis.isReady({ ...state, password: 'wrong' })).toBe(false);
  });

  it('keeps its password and its data to its owner', async () => {
    await held(redis).hold();
    expect(statSync(join(profile.servers, 'redis.json')).mode & 0o077).toBe(0);
    expect(statSync(join(profile.servers, 'redis')).mode & 0o077).toBe(0);
  });

  it('keeps its port, its password and its data from one start to the next', async () => {
    const first = await held(postgres).hold();
    await toRelease[0]?.release();
    const second = await held(postgres).hold();
    expect(second).toEqual({ state: first.state, found: false });
  });

  it('keeps its data when only the note of its password got lost', async () => {
    const first = await held(postgres).hold();
    await toRelease[0]?.release();
    rmSync(join(profile.servers, 'postgres.json'));
    const second = await held(postgres).hold();
    expect(second.state.password).not.toBe(first.state.password);
    await ready(postgres, second.state);
  });

  it('is shared by those who hold it, and ends with the last of them', async () => {
    const other = spawnHolder(profile);
    await said(other, 'held');
    const { state, found } = await held(redis).hold();
    expect(found).toBe(true);
    await toRelease[0]?.release();
    await ready(redis, state);
    await killed(other);
    await held(redis).hold();
    await toRelease[1]?.release();
    await until(() => !isListenedTo(state.ports['redis'] ?? 0), { within: 20_000, what: 'its port closed' });
  });

  it('is found again and used by the next start when its holder was killed', async () => {
    const other = spawnHolder(profile);
    await said(other, 'held');
    const before = recordIn(profile, 'redis');
    await killed(other);
    expect(isAlive(before)).toBe(true);
    expect((await held(redis).hold()).found).toBe(true);
    expect(recordIn(profile, 'redis')).toEqual(before);
  });

  it('is not ended by another start for a look that it did not answer: it may only be stalled', async () => {
    await held(redis).hold();
    const before = recordIn(profile, 'redis');
    process.kill(before.pid, 'SIGSTOP');
    const second = held(redis).hold();
    // Longer than one look takes, and short enough for a machine to stall.
    setTimeout(() => { process.kill(before.pid, 'SIGCONT'); }, 2_500);
    expect((await second).found).toBe(true);
    expect(recordIn(profile, 'redis')).toEqual(before);
  });

  it('is started anew when it died, whatever the record says', async () => {
    await held(redis).hold();
    const { pid } = recordIn(profile, 'redis');
    process.kill(pid, 'SIGKILL');
    const { found } = await held(redis).hold();
    expect(found).toBe(false);
    expect(recordIn(profile, 'redis').pid).not.toBe(pid);
  });

  it('never ends a process that got the number of a server long gone', async () => {
    const bystander = spawn('sleep', ['60']);
    saveRecord(join(profile.run, 'redis.json'), { pid: bystander.pid ?? 0, startedAt: 'long ago' });
    await held(redis).hold();
    expect(bystander.exitCode).toBeNull();
    expect(recordOf(bystander.pid ?? 0)).not.toBeNull();
    bystander.kill();
  });

  it('takes another port when its own was taken in between', async () => {
    const first = await held(redis).hold();
    await toRelease[0]?.release();
    const squatter = await listenOn(first.state.ports['redis'] ?? 0);
    const second = await held(redis).hold();
    expect(second.state.ports).not.toEqual(first.state.ports);
    await new Promise((resolve) => squatter.close(resolve));
  });

  it('gets over a torn record and a lock whose holder is gone', async () => {
    writeFileSync(join(profile.run, 'redis.json'), '{"pid":');
    writeFileSync(join(profile.run, 'redis.lock'), JSON.stringify({ pid: 2 ** 22 - 1, startedAt: '1' }));
    expect((await held(redis).hold()).found).toBe(false);
  });

  it('says why when it cannot start, with the last lines of its log', async () => {
    const broken: ServerKind = { ...redis, prepare: async (...args) => ({ ...(await redis.prepare(...args)), args: ['/nowhere/redis.conf'] }) };
    await expect(held(broken).hold()).rejects.toThrow(/Redis 没有启动起来.*nowhere/s);
  });

  it('ends at once when the start is called off', async () => {
    const calledOff = new AbortController();
    const starting = held(rabbitmq).hold(calledOff.signal);
    await until(() => existsSync(join(profile.run, 'rabbitmq.json')), { within: 30_000, what: 'RabbitMQ launched' });
    const record = recordIn(profile, 'rabbitmq');
    calledOff.abort(new Error('called off'));
    await expect(starting).rejects.toThrow('called off');
    await toRelease[0]?.release();
    expect(isAlive(record)).toBe(false);
  });
});

function spawnHolder(profile: Profile): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, 'hold-redis.fixture.ts'), profile.name], { stdio: ['ignore', 'pipe', 'inherit'] });
}

function said(child: ChildProcess, word: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => { if (chunk.toString().includes(word)) resolve(); });
    child.once('exit', (code) => { reject(new Error(`the holder ended with ${code}`)); });
  });
}

function killed(child: ChildProcess): Promise<unknown> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  return gone;
}

function listenOn(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => { resolve(server); });
  });
}
