import { lookup } from 'node:dns/promises';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionCheck, ConnectionStep } from '#contracts';
import { classifyAttempt } from './classify-attempt.ts';
import { OUTGOING_APP_KEY, type Endpoint } from './endpoints.ts';
import { HttpClient } from './http-client.ts';
import { signOutgoing } from './signing.ts';

/** What was found out, without whose endpoint it is. */
export type ConnectionFinding = Pick<ConnectionCheck, 'ok' | 'step' | 'code' | 'detailZh' | 'latencyMs' | 'httpStatus' | 'certificateNotAfter'>;

/** A step that failed: its error carries the code that attempts would name. */
class StepFailed extends Error {
  readonly step: ConnectionStep;
  readonly code: string;
  readonly certificateNotAfter: string | null;

  constructor(step: ConnectionStep, code: string, certificateNotAfter: string | null = null) {
    super(`${step}: ${code}`);
    this.step = step;
    this.code = code;
    this.certificateNotAfter = certificateNotAfter;
  }
}

const LONGEST_STEP_MS = 10_000;
const NOTHING = Buffer.alloc(0);

/**
 * Goes the way to an endpoint step by step: its name, a connection, TLS with the certificate, and, where `ask` is set, a signed `HEAD` as a circuit's probe
 * sends it. Nothing is sent that an endpoint could take for a transfer. Never rejects; every step ends in bounded time.
 */
export async function checkConnection(endpoint: Endpoint, ask: boolean): Promise<ConnectionFinding> {
  const began = performance.now();
  const timeoutMs = Math.min(endpoint.timeoutMs, LONGEST_STEP_MS);
  const rest = { httpStatus: null, certificateNotAfter: null };
  const latency = (): number => Math.round(performance.now() - began);
  try {
    const certificateNotAfter = await connect(endpoint.url, timeoutMs);
    const secure = endpoint.url.protocol === 'https:';
    if (!ask) return { ...rest, ok: true, step: secure ? 'tls' : 'tcp', code: null, detailZh: null, latencyMs: latency(), certificateNotAfter };
    const asked = await head(endpoint, timeoutMs);
    return { ...asked, step: 'http', latencyMs: latency(), certificateNotAfter };
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const { errorCode, errorDetail } = classifyAttempt({ kind: 'broken', code: error.code, sent: false }, Date.now());
    return { ...rest, ok: false, step: error.step, code: errorCode, detailZh: errorDetail, latencyMs: latency(), certificateNotAfter: error.certificateNotAfter };
  }
}

/** Name, connection and TLS. @returns until when the certificate is good @throws StepFailed */
async function connect(url: URL, timeoutMs: number): Promise<string | null> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const { address } = await within(timeoutMs, 'dns', lookup(host));
  const socket = connectTcp({ host: address, port });
  try {
    await opened(socket, 'connect', 'tcp', timeoutMs);
    return secure ? await shakeHands(socket, host, timeoutMs) : null;
  } finally {
    socket.destroy();
  }
}

/** A certificate that is not trusted is looked at all the same: when it ends is worth knowing. */
async function shakeHands(socket: Socket, host: string, timeoutMs: number): Promise<string | null> {
  const secured = connectTls({ socket, servername: /[a-z]/i.test(host) && !host.includes(':') ? host : '', rejectUnauthorized: false });
  try {
    await opened(secured, 'secureConnect', 'tls', timeoutMs);
    const notAfter = instantOf(secured.getPeerCertificate().valid_to);
    if (!secured.authorized) throw new StepFailed('tls', codeOf(secured.authorizationError), notAfter);
    return notAfter;
  } finally {
    secured.destroy();
  }
}

async function head(endpoint: Endpoint, timeoutMs: number): Promise<Pick<ConnectionFinding, 'ok' | 'code' | 'detailZh' | 'httpStatus'>> {
  const { health: url, key } = endpoint;
  const client = new HttpClient(url.origin, { connections: 1, timeoutMs });
  try {
    const headers = { accept: '*/*', ...signOutgoing({ method: 'HEAD', url, body: NOTHING, appKey: OUTGOING_APP_KEY }, key) };
    const { result } = await client.send({ method: 'HEAD', path: url.pathname + url.search, headers, body: null, timeoutMs });
    const { errorCode, errorDetail } = classifyAttempt(result, Date.now());
    if (result.kind === 'broken') return { ok: false, code: errorCode, detailZh: errorDetail, httpStatus: null };
    // Any answer below 500 is one of a program that works, even if it knows no such method; but one that does not know our signature would take nothing from us.
    const refused = result.status === 401 || result.status === 403;
    const ok = result.status < 500 && !refused;
    return { ok, code: ok ? null : errorCode, detailZh: ok ? null : errorDetail, httpStatus: result.status };
  } finally {
    await client.destroy();
  }
}

function opened(socket: Socket, event: 'connect' | 'secureConnect', step: ConnectionStep, timeoutMs: number): Promise<void> {
  return within(timeoutMs, step, new Promise((resolve, reject) => {
    // After the end nobody listens any more, and an error without a listener would end the program.
    socket.on('error', reject).once(event, () => { resolve(); });
  }));
}

async function within<T>(ms: number, step: ConnectionStep, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => { reject(new StepFailed(step, 'attempt-timeout')); }, ms);
  });
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    throw error instanceof StepFailed ? error : new StepFailed(step, codeOf(error));
  } finally {
    clearTimeout(timer);
  }
}

function codeOf(error: unknown): string {
  const code = typeof error === 'string' ? error : (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

function instantOf(text: string | undefined): string | null {
  const at = Date.parse(text ?? '');
  return Number.isNaN(at) ? null : new Date(at).toISOString();
}
