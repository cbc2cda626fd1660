import type { DoorRefusal, Party } from '#contracts';
import { newTraceparent, traceIdOf, type Logger } from '#runtime';
import { checkDoor } from './check-authority.ts';
import { describeRefusal } from './describe-refusal.ts';
import { answerAccepted, answerBatch, answerRefused, commonOutage, type DoorAnswer } from './door-answer.ts';
import { DoorError } from './door-error.ts';
import type { EdgeMetrics } from './edge-metrics.ts';
import { judgeEvent, type PassingEvent, type Verdict } from './judge-event.ts';
import { parseEvents } from './parse-events.ts';
import { toDoorError } from './problem.ts';
import type { RefusalReporter } from './refusal-reporter.ts';
import type { KeyBook } from './signing-keys.ts';
import type { TakeEvents } from './take-events.ts';
import type { TokenBuckets } from './token-bucket.ts';
import { verifySignature, type Sender, type SignedRequest } from './verify-signature.ts';

/** What one adapter's door is: who it works for and where its events go. */
export interface IngressOptions {
  readonly app: DoorRefusal['app'];
  /** Towards whom the transfers go that these events cause. */
  readonly to: 'centre' | 'hall';
  readonly maxBatch: number;
  readonly keys: KeyBook;
  /** Bytes of all request bodies in hand at once; above that a request is sent away. */
  readonly maxBytesInHand: number;
  readonly take: TakeEvents;
  readonly rates: TokenBuckets;
  readonly reporter: RefusalReporter;
  readonly metrics: EdgeMetrics;
  readonly logger: Logger;
}

/** A request at a door that stands open for one party only: `/v1/halls/410204/…` is the door of `hall:410204`. */
export interface DoorRequest extends SignedRequest {
  readonly door: Party;
}

const BUSY_RETRY_AFTER_MS = 2_000;

/** The way in: proves the sender, judges each event, and answers 202 only for what is on disk, in the journal and in RabbitMQ or the spool. */
export class Ingress {
  readonly #options: IngressOptions;
  #bytesInHand = 0;

  constructor(options: IngressOptions) {
    this.#options = options;
  }

  /** Never rejects: every fault is an answer. */
  async receive(request: DoorRequest): Promise<DoorAnswer> {
    const stop = this.#options.metrics.requestSeconds.startTimer();
    const trace = traceOf(request);
    let sender: Sender | null = null;
    let answer: DoorAnswer;
    this.#bytesInHand += request.body.length;
    try {
      this.#refuseWhenBusy();
      sender = this.#authenticate(request);
      const { form, events } = parseEvents(request.headers['content-type'], request.body, this.#options.maxBatch);
      this.#spend(sender, events.length - 1);
      const circumstances = { sender: request.door, to: this.#options.to, trace, now: Date.now() };
      const judged = events.map((value) => judgeEvent(value, circumstances));
      const settled = await this.#options.take.run(sender, judged);
      answer = this.#answer(request, sender, form, settled, trace);
    } catch (error) {
      answer = this.refuse(request, sender, error, undefined, trace);
    }
    this.#bytesInHand -= request.body.length;
    stop({ status: answer.status });
    return answer;
  }

  /** The answer to a whole request that is not taken; also for what the framework refuses before the door sees it. */
  refuse(request: { path: string; body: Buffer }, sender: Sender | null, error: unknown, value?: unknown, trace = newTraceparent()): DoorAnswer {
    const refusal = toDoorError(error);
    const traceId = traceIdOf(trace);
    if (refusal.code === 'internal') {
      this.#options.logger.error({ traceId, where: whereOf(error) }, 'the door failed');
    }
    this.#report(request, sender, refusal, value);
    return answerRefused(refusal, traceId);
  }

  #authenticate(request: DoorRequest): Sender {
    const verdict = verifySignature(request, this.#options.keys, Date.now());
    if ('fault' in verdict) throw new DoorError(verdict.fault);
    checkDoor(verdict.sender.party, request.door);
    this.#spend(verdict.sender, 1);
    return verdict.sender;
  }

  #spend(sender: Sender, cost: number): void {
    const retryAfterMs = this.#options.rates.take(sender.party, cost);
    if (retryAfterMs > 0) throw new DoorError('too-many-requests', { retryAfterMs });
  }

  /** A server behind the door that hangs must not fill the memory with requests that wait for it. */
  #refuseWhenBusy(): void {
    if (this.#bytesInHand > this.#options.maxBytesInHand) throw new DoorError('too-busy', { retryAfterMs: BUSY_RETRY_AFTER_MS });
  }

  #answer(request: DoorRequest, sender: Sender, form: 'one' | 'batch', verdicts: readonly Verdict[], trace: string): DoorAnswer {
    const passing = passingOf(verdicts);
    if (passing.length > 0) this.#options.metrics.accepted.inc({ party: sender.party }, passing.length);
    const only = form === 'one' ? verdicts[0] : undefined;
    if (only !== undefined) {
      return 'passing' in only
        ? answerAccepted(only.passing.event.id, only.passing.transferId)
        : this.refuse(request, sender, only.refused, only.value, trace);
    }
    const outage = commonOutage(verdicts);
    if (outage !== null) return this.refuse(request, sender, outage, undefined, trace);
    for (const verdict of verdicts) {
      if ('refused' in verdict) this.#report(request, sender, verdict.refused, verdict.value);
    }
    return answerBatch(verdicts, traceIdOf(trace));
  }

  #report(request: { path: string; body: Buffer }, sender: Sender | null, error: DoorError, value: unknown): void {
    const { app, metrics, reporter } = this.#options;
    metrics.refused.inc({ code: error.code });
    reporter.report(describeRefusal(app, request, sender, error, value));
  }
}

function passingOf(verdicts: readonly Verdict[]): PassingEvent[] {
  return verdicts.flatMap((verdict) => ('passing' in verdict ? [verdict.passing] : []));
}

function traceOf(request: SignedRequest): string {
  const given = request.headers['traceparent'];
  return typeof given === 'string' && traceIdOf(given) !== null ? given : newTraceparent();
}

/** The name and the stack's lines of an error: its message might quote what somebody sent. */
function whereOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const lines = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return [error.name, ...lines].join('\n');
}
