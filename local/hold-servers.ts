import { openProfile } from './servers/profile.ts';
import { SERVER_NAMES } from './servers/server-kind.ts';
import { Servers } from './servers/servers.ts';

// Keeps the servers of a profile up between test runs while somebody works: node local/hold-servers.ts [profile]
const servers = new Servers(openProfile(process.argv[2] ?? 'test'));
const started = performance.now();
await Promise.all(SERVER_NAMES.map((name) => servers.ensure(name)));
console.log(`ready after ${Math.round(performance.now() - started)} ms`, servers.env);
const hold = setInterval(() => undefined, 60_000);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    clearInterval(hold);
    void servers.release();
  });
}
