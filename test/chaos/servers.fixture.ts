import { afterAll, beforeAll } from '@jest/globals';
import { openProfile } from '../../local/servers/profile.ts';
import { Servers } from '../../local/servers/servers.ts';
import type { ServerName } from '../../local/servers/server-kind.ts';
import { TcpProxy } from './tcp-proxy.ts';

const START_MS = 300_000;

/**
 * The private servers of all test runs, for a test file of a phase that starts none. Call it before the fixtures that use them, and what it
 * returns after them: hooks run in the order in which they are named.
 */
export function withServers(names: readonly ServerName[]): () => void {
  const servers = new Servers(openProfile('test'));
  beforeAll(async () => {
    await Promise.all(names.map((name) => servers.ensure(name)));
    Object.assign(process.env, servers.env);
  }, START_MS);
  return () => { afterAll(() => servers.release(), START_MS); };
}

/** A proxy before the server of this address, made before the tests; `url` is the same address, through it. */
export function withProxy(address: () => string): { readonly proxy: TcpProxy; readonly url: string } {
  const proxy = new TcpProxy(() => [Number(new URL(address()).port)]);
  let port = 0;
  beforeAll(async () => { port = await proxy.listen(); });
  afterAll(() => proxy.close());
  return { proxy, get url() { return Object.assign(new URL(address()), { port: String(port) }).href; } };
}
