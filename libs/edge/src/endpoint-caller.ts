import { CANARY_HEADER, isCanary, type DeliveryReceipt, type TransferOrder } from '#contracts';
import { classifyAttempt, SHUTTING_DOWN, signalOf, type AttemptResult, type AttemptVerdict } from './classify-attempt.ts';
import { OUTGOING_APP_KEY, type Endpoint, type VerifyAddress } from './endpoints.ts';
import { HttpClient, type HttpAttempt } from './http-client.ts';
import type { Signal } from './judge-circuit.ts';
import { probeEndpoint, type ProbeAnswer } from './probe-endpoint.ts';
import type { SendClaim, SendClaims } from './send-claims.ts';
import { signOutgoing } from './signing.ts';
import { judgeVerifyAnswer } from './verify-transfer.ts';

/** What comes with an order on the bus. */
export interface OrderContext {
  readonly traceparent: string | undefined;
  /** It may have been sent before: an endpoint that cannot tell a repetition is asked first. */
  readonly maybeSent: boolean;
}

/** One attempt as it went. */
export interface Attempt {
  readonly receipt: DeliveryReceipt;
  readonly signal: Signal;
  /** Broken off by this program's own end: the receipt says nothing that is worth telling. */
  readonly stopped: boolean;
  /** So long (ms) an endpoint that is asked first may still be at work on what it got, and cannot say yet whether it has it. 0: nothing is uncertain. */
  readonly restMs: number;
}

/** Beyond its requests' own time-outs, a claim lasts so much longer. */
const CLAIM_MARGIN_MS = 5_000;
const NOTHING = Buffer.alloc(0);

interface Exchange extends HttpAttempt {
  readonly verdict: AttemptVerdict;
  readonly restMs: number;
}

/** Speaks HTTP with one endpoint, over connections that no other destination shares. */
export class EndpointCaller {
  readonly #endpoint: Endpoint;
  readonly #claims: SendClaims;
  readonly #post: HttpClient;
  readonly #ask: HttpClient;
  readonly #verify: HttpClient | null;

  /** `connections`: kept-alive connections, which is also how many attempts may be under way without waiting for one another. */
  constructor(endpoint: Endpoint, options: { connections: number; claims: SendClaims }) {
    const { url, health, timeoutMs, verify } = endpoint;
    this.#endpoint = endpoint;
    this.#claims = options.claims;
    this.#post = new HttpClient(url.origin, { connections: options.connections, timeoutMs });
    // Attempts that hang must not keep a probe waiting for a connection.
    this.#ask = new HttpClient(health.origin, { connections: 1, timeoutMs });
    this.#verify = verify === null ? null : new HttpClient(verify.urlOf('').origin, { connections: options.connections, timeoutMs: verify.timeoutMs });
  }

  /** One attempt. Never rejects. @returns `null` when another instance has this transfer in hand, or may have */
  async deliver(order: TransferOrder, context: OrderContext): Promise<Attempt | null> {
    const { verify, timeoutMs } = this.#endpoint;
    if (verify === null) return attemptOf(order, startNow(), await this.#send(order, context));
    const claim = await this.#claims.take(order.transferId, verify.timeoutMs + timeoutMs + CLAIM_MARGIN_MS);
    if (claim === null) return null;
    const started = startNow();
    const exchange = await this.#verifyAndSend(order, { ...context, maybeSent: context.maybeSent || claim.sentBefore }, verify, claim);
    await claim.giveBack(claim.sentBefore || exchange === null || mayHaveArrived(exchange.result), exchange?.restMs ?? 0);
    return exchange === null ? null : attemptOf(order, started, exchange);
  }

  probe(): Promise<ProbeAnswer> {
    return probeEndpoint(this.#endpoint, this.#ask);
  }

  /** Breaks off what is under way. */
  async destroy(): Promise<void> {
    await Promise.all([this.#post, this.#ask, ...(this.#verify === null ? [] : [this.#verify])].map((client) => client.destroy()));
  }

  async #verifyAndSend(order: TransferOrder, context: OrderContext, verify: VerifyAddress, claim: SendClaim): Promise<Exchange | null> {
    if (context.maybeSent) {
      const asked = await this.#askFor(order, verify, context);
      if (asked !== null) return asked;
    }
    // The process may have stood still since it asked for the claim: then this is another's by now.
    if (performance.now() + this.#endpoint.timeoutMs > claim.validUntil) return null;
    return withRest(await this.#send(order, context), this.#endpoint.timeoutMs);
  }

  /** @returns `null` when the endpoint does not have it */
  async #askFor(order: TransferOrder, verify: VerifyAddress, { traceparent }: OrderContext): Promise<Exchange | null> {
    const url = verify.urlOf(order.transferId);
    const headers = { accept: 'application/json', ...sandbox(order), ...trace(traceparent), ...this.#signature('GET', url, NOTHING) };
    const attempt = await (this.#verify ?? this.#post).send({ method: 'GET', path: url.pathname + url.search, headers, body: null, timeoutMs: verify.timeoutMs });
    const answer = judgeVerifyAnswer(attempt.result, Date.now());
    return answer.kind === 'send' ? null : withRest({ ...attempt, verdict: answer.verdict, restMs: 0 }, this.#endpoint.timeoutMs);
  }

  async #send(order: TransferOrder, { traceparent }: OrderContext): Promise<Exchange> {
    const { url, timeoutMs } = this.#endpoint;
    const body = Buffer.from(JSON.stringify(order.payload));
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json',
      'idempotency-key': order.transferId,
      ...sandbox(order),
      ...trace(traceparent),
      ...this.#signature('POST', url, body),
    };
    const attempt = await this.#post.send({ method: 'POST', path: url.pathname + url.search, headers, body, timeoutMs });
    return { ...attempt, verdict: classifyAttempt(attempt.result, Date.now()), restMs: 0 };
  }

  #signature(method: string, url: URL, body: Buffer): Record<string, string> {
    return signOutgoing({ method, url, body, appKey: OUTGOING_APP_KEY }, this.#endpoint.key);
  }
}

const trace = (traceparent: string | undefined): Record<string, string> => (traceparent === undefined ? {} : { traceparent });

/** A canary (拨测) belongs into the receiver's sandbox. */
const sandbox = ({ projectNo }: TransferOrder): Record<string, string> => (isCanary(projectNo) ? { [CANARY_HEADER]: '1' } : {});

const mayHaveArrived = (result: AttemptResult): boolean => result.kind === 'answered' || result.sent;

/** What stands before an endpoint answers so for it, and knows nothing of what it does behind (RFC 9110 §15.6.3–15.6.5). */
const PROXY_STATUSES: ReadonlySet<number> = new Set([502, 503, 504]);

const saysNothing = (result: AttemptResult): boolean => (result.kind === 'answered' ? PROXY_STATUSES.has(result.status) : result.sent);

/** Nobody knows what became of it, or the question remained open: it is not asked about before the endpoint has had the time that a request may take. */
function withRest(exchange: Exchange, restMs: number): Exchange {
  const { result, verdict } = exchange;
  if (!saysNothing(result)) return exchange;
  return { ...exchange, restMs, verdict: { ...verdict, retryAfterMs: Math.max(restMs, verdict.retryAfterMs ?? 0) } };
}

/** When an attempt began: the time of day for people, and a clock that nobody puts back, by which it is measured. */
interface Started {
  readonly at: number;
  readonly tick: number;
}

const startNow = (): Started => ({ at: Date.now(), tick: performance.now() });

function attemptOf(order: TransferOrder, { at, tick }: Started, { result, responseDigest, verdict, restMs }: Exchange): Attempt {
  const latencyMs = performance.now() - tick;
  const finishedAt = at + latencyMs;
  const { transferId, projectNo, destination, attempt } = order;
  return {
    signal: signalOf(result),
    restMs,
    stopped: result.kind === 'broken' && classifyAttempt(result, finishedAt).errorCode === SHUTTING_DOWN,
    receipt: {
      transferId, projectNo, destination, attempt,
      startedAt: new Date(at).toISOString(),
      finishedAt: new Date(finishedAt).toISOString(),
      latencyMs: Math.round(latencyMs),
      ...verdict,
      httpStatus: result.kind === 'answered' ? result.status : null,
      responseDigest,
    },
  };
}
