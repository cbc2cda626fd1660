import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { findProgram } from './binaries.ts';
import { makeFolder } from './profile.ts';
import type { ServerKind, ServerState } from './server-kind.ts';

const PING_MS = 2_000;

/** Redis with its log on (AOF) and `noeviction`: what waits in it must still be there after a restart. */
export const redis: ServerKind = {
  name: 'redis',
  title: 'Redis',
  envName: 'REDIS_URL',
  debianPackage: 'redis-server',
  portNames: ['redis'],
  stopSignal: 'SIGTERM',
  stopGraceMs: 10_000,
  startWithinMs: 30_000,

  findBinaries() {
    const server = findProgram('redis-server', ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']);
    return server === null ? null : { server };
  },

  prepare(profile, state, binaries) {
    const folder = join(profile.servers, 'redis');
    makeFolder(folder, 0o700);
    const config = join(folder, 'redis.conf');
    writeFileSync(config, configuration(folder, state, profile.durable), { mode: 0o600 });
    const { HOME, LANG, PATH } = process.env;
    return Promise.resolve({
      command: binaries['server'] ?? 'redis-server', args: [config], cwd: folder,
      env: { HOME, LANG, PATH }, logFile: join(profile.logs, 'redis.log'),
    });
  },

  isReady: (state) => ping(state),
  urlOf: (state) => `redis://:${state.password}@127.0.0.1:${state.ports['redis']}/0`,
};

function configuration(folder: string, state: ServerState, durable: boolean): string {
  return [
    'bind 127.0.0.1', `port ${state.ports['redis']}`, `requirepass ${state.password}`, `dir "${folder}"`,
    'daemonize no', 'databases 256', 'appendonly yes', `appendfsync ${durable ? 'everysec' : 'no'}`, 'save ""',
    'maxmemory-policy noeviction', 'tcp-backlog 128', '',
  ].join('\n');
}

/** Speaks the protocol itself: two short lines, and no client that would go on trying by itself. */
function ping(state: ServerState): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port: state.ports['redis'] ?? 0, timeout: PING_MS });
    let answer = '';
    const settle = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.once('error', () => { settle(false); });
    socket.once('timeout', () => { settle(false); });
    socket.once('close', () => { settle(false); });
    socket.once('connect', () => { socket.write(`AUTH ${state.password}\r\nPING\r\n`); });
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
      if (answer.split('\r\n').length > 2) settle(answer.startsWith('+OK\r\n+PONG'));
    });
  });
}
