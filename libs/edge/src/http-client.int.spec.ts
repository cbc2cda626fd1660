import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { HttpClient, type HttpAttempt } from './http-client.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** One POST to a server that says these bytes, word for word, as soon as the request is there, and then does this to the connection. */
async function sendTo(words: string, then: (socket: Socket) => void, timeoutMs = 5_000): Promise<HttpAttempt> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => { socket.write(words, () => then(socket)); });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  const client = new HttpClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, { connections: 1, timeoutMs });
  closing.push(() => client.destroy());
  return client.send({ method: 'POST', path: '/', headers: {}, body: Buffer.from('{}'), timeoutMs });
}

const INTERIM = [['102 Processing', ''], ['103 Early Hints', 'link: </style.css>; rel=preload\r\n']] as const;

describe('an interim answer', () => {
  it.each(INTERIM)('%s is no answer when the connection breaks after it', async (line, header) => {
    const { result } = await sendTo(`HTTP/1.1 ${line}\r\n${header}\r\n`, (socket) => setTimeout(() => socket.resetAndDestroy(), 50));
    expect(result).toMatchObject({ kind: 'broken', sent: true });
  });

  it.each(INTERIM)('%s is no answer when nothing comes after it', async (line, header) => {
    const { result } = await sendTo(`HTTP/1.1 ${line}\r\n${header}\r\n`, () => undefined, 2_500);
    expect(result).toEqual({ kind: 'broken', code: 'attempt-timeout', sent: true });
  });

  it.each(INTERIM)('%s is passed over for the one that follows', async (line, header) => {
    const { result } = await sendTo(`HTTP/1.1 ${line}\r\n${header}\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n`, () => undefined);
    expect(result).toEqual({ kind: 'answered', status: 201, retryAfter: null });
  });
});

describe('an answer', () => {
  it('whose connection breaks in its body is what its status line says', async () => {
    const { result } = await sendTo('HTTP/1.1 422 Unprocessable\r\ncontent-length: 100\r\n\r\nhalf', (socket) => setTimeout(() => socket.resetAndDestroy(), 50));
    expect(result).toMatchObject({ kind: 'answered', status: 422 });
  });
});
