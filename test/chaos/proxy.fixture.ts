import { afterAll, beforeAll } from '@jest/globals';
import { TcpProxy } from './tcp-proxy.ts';

/** A proxy before the server of this address, made before the tests; `url` is the same address, through it. */
export function withProxy(address: () => string): { readonly proxy: TcpProxy; readonly url: string } {
  const proxy = new TcpProxy(() => [Number(new URL(address()).port)]);
  let port = 0;
  beforeAll(async () => { port = await proxy.listen(); });
  afterAll(() => proxy.close());
  return { proxy, get url() { return Object.assign(new URL(address()), { port: String(port) }).href; } };
}
