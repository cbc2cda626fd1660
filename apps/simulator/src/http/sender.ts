import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import { now } from '../record/record-lines.ts';
import type { AnswerLine, SendingLine } from '../record/record-lines.ts';
import type { SigningKey } from '../signing/scheme.ts';
import { signatureHeaders } from '../signing/sign-request.ts';
import type { FaultSwitch } from './fault-switch.ts';
import { Gate } from './gate.ts';
import { readReplies } from './read-replies.ts';
import type { Reply } from './read-replies.ts';

/** An event ready to go: its text never changes, its signature is new with every try. */
export interface Parcel {
  readonly line: SendingLine;
  readonly text: string;
  readonly appKey: string;
  readonly target: string;
}

export interface SenderParts {
  readonly bridgeUrl: URL;
  readonly keys: ReadonlyMap<string, readonly SigningKey[]>;
  readonly concurrency: number;
  readonly faults: FaultSwitch;
}

const HALLS = '/halls/';
const TIMEOUT_MS = 30_000;
const FIRST_BACK_OFF_MS = 50;
const LONGEST_BACK_OFF_MS = 2000;

/** The hall an event speaks for; `null` for the centre and the bureau. */
function hallOf(line: SendingLine): string | null {
  return line.source.startsWith(HALLS) ? line.source.slice(HALLS.length) : null;
}

/** Sends to the bridge and goes on trying, with the same event id, while the bridge is away or asks to wait. */
export class Sender {
  readonly counts = { sent: 0, accepted: 0, refused: 0, retries: 0, repeated: 0 };
  readonly #parts: SenderParts;
  readonly #pool: Pool;
  readonly #gate: Gate;
  readonly #stop = new AbortController();
  #turn = 0;

  constructor(parts: SenderParts) {
    this.#parts = parts;
    this.#gate = new Gate(parts.concurrency);
    this.#pool = new Pool(parts.bridgeUrl.origin, {
      connections: parts.concurrency, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS, connect: { timeout: 5000 },
    });
  }

  get inFlight(): number {
    return this.#gate.inside;
  }

  /** The final answers, in the order of the parcels, which must share one target. Rejects only when the sender is stopped. */
  async send(parcels: readonly Parcel[]): Promise<AnswerLine[]> {
    this.counts.sent += parcels.length;
    const answers = new Map<string, AnswerLine>();
    let open = parcels;
    for (let tries = 1; open.length > 0; tries += 1) {
      const replies = await this.#gate.pass(() => this.#post(open));
      const at = now();
      open = open.filter((parcel, place) => {
        const reply = replies[place];
        if (reply?.final !== true) return true;
        answers.set(parcel.line.id, this.#settle(parcel, reply, tries, at));
        return false;
      });
      if (open.length > 0) await this.#backOff(tries, replies);
    }
    return parcels.map((parcel) => answers.get(parcel.line.id) as AnswerLine);
  }

  async close(): Promise<void> {
    this.#stop.abort(new Error('stopped'));
    await this.#pool.destroy();
  }

  #settle(parcel: Parcel, reply: Reply, tries: number, at: number): AnswerLine {
    this.counts[reply.status === 202 ? 'accepted' : 'refused'] += 1;
    if (reply.status === 202 && this.#parts.faults.strikes('duplicateSend', hallOf(parcel.line))) this.#repeat(parcel);
    const { id, source, projectNo } = parcel.line;
    return { k: 'answer', id, source, projectNo, status: reply.status, transferId: reply.transferId, code: reply.code, tries, at };
  }

  #repeat(parcel: Parcel): void {
    this.counts.repeated += 1;
    this.#gate.pass(() => this.#post([parcel])).catch(() => undefined);
  }

  async #backOff(tries: number, replies: readonly Reply[]): Promise<void> {
    this.counts.retries += 1;
    const asked = Math.max(0, ...replies.map((reply) => reply.retryAfterMs ?? 0));
    const most = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(tries, 10));
    await pause(Math.max(asked, Math.random() * most), undefined, { signal: this.#stop.signal });
  }

  /** One try. A connection that fails is a reply that is not final. */
  async #post(parcels: readonly Parcel[]): Promise<Reply[]> {
    const [first] = parcels;
    if (first === undefined) return [];
    this.#stop.signal.throwIfAborted();
    const many = parcels.length > 1;
    const body = many ? `[${parcels.map((parcel) => parcel.text).join(',')}]` : first.text;
    const signed = signatureHeaders(first.appKey, this.#key(first.appKey), { method: 'POST', target: first.target, body });
    const contentType = many ? 'application/cloudevents-batch+json' : 'application/cloudevents+json';
    try {
      const response = await this.#pool.request({
        method: 'POST', path: first.target, headers: { ...signed, 'content-type': contentType }, body,
      });
      return readReplies(response.statusCode, response.headers['retry-after'], await response.body.text(), parcels.length);
    } catch (error) {
      this.#stop.signal.throwIfAborted();
      return parcels.map(() => ({ final: false, status: 0, transferId: null, code: String(error), retryAfterMs: null }));
    }
  }

  /** The sender's keys in turn, so that a rotation with several valid keys is exercised. */
  #key(appKey: string): SigningKey {
    const keys = this.#parts.keys.get(appKey) ?? [];
    this.#turn += 1;
    const key = keys[this.#turn % keys.length];
    if (key === undefined) throw new Error(`KEYS_FILE: no own key for ${appKey}`);
    return key;
  }
}
