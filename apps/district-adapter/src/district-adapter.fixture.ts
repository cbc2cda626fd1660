import { createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { startEdgeApp } from '#edge';
import { createLogger, KeyRing, loadConfig, type RunningApp } from '#runtime';
import { DistrictAdapterConfig } from './district-adapter.config.ts';
import { DistrictAdapterModule } from './district-adapter.module.ts';

export const LEDGER_KEYS = KeyRing.generateJson();

/** Two halls and the bureau, with both algorithms and one key past its time. */
export const KEYS = {
  'hall-410204': [
    { keyId: 'now', algorithm: 'HMAC-SM3', secret: 'synthetic-secret-410204' },
    { keyId: 'past', algorithm: 'HMAC-SHA256', secret: 'synthetic-secret-410204-past', notAfter: '2020-01-01T00:00:00+08:00' },
  ],
  'hall-410203': [{ keyId: 'now', algorithm: 'HMAC-SHA256', secret: 'synthetic-secret-410203' }],
  bureau: [{ keyId: 'now', algorithm: 'HMAC-SHA256', secret: 'synthetic-secret-bureau' }],
};

/** Starts the adapter in this process on a free port. */
export async function startAdapter(env: Record<string, string>): Promise<RunningApp & { readonly origin: string }> {
  const config = loadConfig(DistrictAdapterConfig, {
    PORT: '0', LEDGER_KEYS, INGRESS_KEYS: JSON.stringify(KEYS), ENDPOINTS: '{}', CANARY_INTERVAL_MS: '0', ...env,
  });
  const logger = createLogger('district-adapter', { level: 'fatal' });
  const app = await startEdgeApp(DistrictAdapterModule.forRoot(config, logger), config, logger);
  return { ...app, origin: `http://127.0.0.1:${app.port}` };
}

export interface Signing {
  readonly appKey?: keyof typeof KEYS;
  readonly keyId?: string;
  readonly contentType?: string;
  readonly at?: number;
  readonly nonce?: string;
}

function keyOf(appKey: keyof typeof KEYS, keyId: string): { algorithm: string; secret: string } {
  const key = KEYS[appKey].find((candidate) => candidate.keyId === keyId);
  if (key === undefined) throw new Error(`no key ${keyId} of ${appKey}`);
  return key;
}

/** Signs by the published scheme, with none of the bridge's own code. */
export function signedHeaders(path: string, body: string, signing: Signing = {}): Record<string, string> {
  const { appKey, keyId, contentType, at, nonce } = {
    appKey: 'hall-410204' as const, keyId: 'now', contentType: 'application/cloudevents+json', at: Date.now(), nonce: randomBytes(16).toString('hex'), ...signing,
  };
  const { algorithm, secret } = keyOf(appKey, keyId);
  const hash = algorithm === 'HMAC-SM3' ? 'sm3' : 'sha256';
  const digest = createHash(hash).update(body).digest('hex');
  const text = `POST\n${path}\n\n${digest}\n${appKey}\n${keyId}\n${at}\n${nonce}`;
  return {
    'content-type': contentType,
    'x-app-key': appKey, 'x-key-id': keyId, 'x-timestamp': String(at), 'x-nonce': nonce, 'x-sign-alg': algorithm, 'x-content-digest': digest,
    'x-signature': createHmac(hash, secret).update(text).digest('hex'),
  };
}

/** An event with an id of its own. */
export function eventLike<T extends object>(example: T, change: object = {}): T & { id: string } {
  return { ...structuredClone(example), id: `evt-${randomUUID()}`, ...change };
}

/** A wire that can be cut: clients of a server connect through it. */
export class Wire {
  readonly #target: { host: string; port: number };
  readonly #sockets = new Set<Socket>();
  readonly #pairs = new Set<{ client: Socket; server: Socket }>();
  readonly #server = createServer((client) => this.#join(client));
  #state: 'whole' | 'stalled' | 'cut' = 'whole';

  constructor(target: URL, defaultPort: number) {
    this.#target = { host: target.hostname, port: Number(target.port || defaultPort) };
  }

  async open(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this.port;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(): void {
    this.#state = 'cut';
    for (const socket of this.#sockets) socket.destroy();
  }

  /** The server's answers do not arrive any more, though every connection stands: a server that hangs. */
  stall(): void {
    this.#state = 'stalled';
    for (const { client, server } of this.#pairs) holdBack(client, server);
  }

  mend(): void {
    // Piping a second time would double every byte.
    if (this.#state === 'stalled') for (const { client, server } of this.#pairs) server.pipe(client);
    this.#state = 'whole';
  }

  close(): void {
    this.cut();
    this.#server.close();
  }

  #join(client: Socket): void {
    if (this.#state === 'cut') {
      client.destroy();
      return;
    }
    const server = connect(this.#target);
    for (const [near, far] of [[client, server], [server, client]] as const) {
      this.#sockets.add(near);
      near.on('error', () => far.destroy());
      near.on('close', () => { this.#sockets.delete(near); far.destroy(); });
      near.pipe(far);
    }
    const pair = { client, server };
    this.#pairs.add(pair);
    client.on('close', () => this.#pairs.delete(pair));
    if (this.#state === 'stalled') holdBack(client, server);
  }
}

function holdBack(client: Socket, server: Socket): void {
  server.unpipe(client);
  server.pause();
}
