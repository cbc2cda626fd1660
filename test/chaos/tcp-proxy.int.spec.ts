import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { until } from '../../local/until.ts';
import { TcpProxy } from './tcp-proxy.ts';

const open: { close(): unknown }[] = [];

/** A server that answers every piece with its own name and that piece. */
async function echo(name: string): Promise<{ port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (piece) => socket.write(`${name}:${piece.toString()}`));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({ close: () => { for (const socket of sockets) socket.destroy(); server.close(); } });
  return { port: (server.address() as AddressInfo).port, sockets };
}

interface Client { readonly socket: Socket; heard: string; ended: boolean }

function dial(port: number): Client {
  const client: Client = { socket: connect(port, '127.0.0.1'), heard: '', ended: false };
  client.socket.on('data', (piece) => { client.heard += piece.toString(); });
  client.socket.on('error', () => undefined);
  client.socket.on('close', () => { client.ended = true; });
  open.push({ close: () => client.socket.destroy() });
  return client;
}

async function proxyTo(...ports: number[]): Promise<{ proxy: TcpProxy; port: number }> {
  const proxy = new TcpProxy(() => ports);
  open.push(proxy);
  return { proxy, port: await proxy.listen() };
}

const within = 20_000;

describe('a proxy in front of a server', () => {
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  it('carries what is said in both directions', async () => {
    const { port } = await proxyTo((await echo('a')).port);
    const client = dial(port);
    client.socket.write('hello');
    await until(() => client.heard === 'a:hello', { within });
  });

  it('cut: ends every connection, takes no new one, and takes them again when it clears up', async () => {
    const { proxy, port } = await proxyTo((await echo('a')).port);
    const before = dial(port);
    before.socket.write('1');
    await until(() => before.heard === 'a:1', { within });
    proxy.weather = 'cut';
    await until(() => before.ended, { within });
    const during = dial(port);
    await until(() => during.ended, { within });
    proxy.weather = 'clear';
    const after = dial(port);
    after.socket.write('2');
    await until(() => after.heard === 'a:2', { within });
    expect(during.heard).toBe('');
  });

  it('silent: keeps the connection and holds back what is said, which arrives when it clears up', async () => {
    const { proxy, port } = await proxyTo((await echo('a')).port);
    const client = dial(port);
    client.socket.write('1');
    await until(() => client.heard === 'a:1', { within });
    proxy.weather = 'silent';
    client.socket.write('2');
    const other = dial(port);
    other.socket.write('3');
    // Both have written by then, and a proxy that lets them through would have carried it along.
    await until(() => client.socket.bytesWritten === 2 && other.socket.bytesWritten === 1, { within });
    await until(() => proxy.connections === 2, { within });
    expect([client.heard, client.ended, other.heard]).toEqual(['a:1', false, '']);
    proxy.weather = 'clear';
    await until(() => client.heard === 'a:1a:2' && other.heard === 'a:3', { within });
  });

  it('slow: delays every piece and keeps their order, also of what comes after it cleared up', async () => {
    const { proxy, port } = await proxyTo((await echo('')).port);
    const client = dial(port);
    client.socket.write('0');
    await until(() => client.heard === ':0', { within });
    proxy.weather = { slowMs: 60 };
    const begun = performance.now();
    client.socket.write('1');
    await until(() => client.heard.endsWith(':1'), { within });
    // Once on the way there, once on the way back.
    expect(performance.now() - begun).toBeGreaterThanOrEqual(115);
    client.socket.write('2');
    await until(() => proxy.connections === 1, { within });
    proxy.weather = 'clear';
    client.socket.write('3');
    await until(() => client.heard.includes('3'), { within });
    expect(client.heard.replaceAll(':', '')).toBe('0123');
  });

  it('drop: ends what there is and takes new connections at once', async () => {
    const { proxy, port } = await proxyTo((await echo('a')).port);
    const before = dial(port);
    before.socket.write('1');
    await until(() => before.heard === 'a:1', { within });
    proxy.drop();
    await until(() => before.ended, { within });
    const after = dial(port);
    after.socket.write('2');
    await until(() => after.heard === 'a:2', { within });
    expect(proxy.connections).toBe(1);
  });

  it('takes several servers in turn and passes over one that is away', async () => {
    const [one, two] = [await echo('a'), await echo('b')];
    const gone = await echo('gone');
    await open.splice(2, 1)[0]?.close();
    const { port } = await proxyTo(one.port, gone.port, two.port);
    const clients = Array.from({ length: 6 }, () => dial(port));
    for (const client of clients) client.socket.write('x');
    await until(() => clients.every((client) => client.heard.endsWith(':x')), { within });
    expect(new Set(clients.map((client) => client.heard))).toEqual(new Set(['a:x', 'b:x']));
  });
});
