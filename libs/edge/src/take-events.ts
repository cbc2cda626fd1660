import type { BusPublisher, OutgoingMessage } from '#bus';
import { EXCHANGES, type JiujinEvent } from '#contracts';
import type { Logger } from '#runtime';
import type { BrokerWatch } from './broker-watch.ts';
import { DoorError } from './door-error.ts';
import { storeUnavailable, type Candidate, type DoorMemory, type Fate } from './door-memory.ts';
import type { PassingEvent, Verdict } from './judge-event.ts';
import type { Letter } from './letter.ts';
import { publishInOrder } from './publish-in-order.ts';
import type { Spool } from './spool.ts';
import type { Sender } from './verify-signature.ts';

export interface TakeEventsOptions {
  /** Routing key on the exchange of events. */
  readonly route: string;
  readonly memory: DoorMemory;
  readonly publisher: BusPublisher;
  readonly watch: BrokerWatch;
  readonly spool: Spool;
  readonly logger: Logger;
}

/** Why a letter went to the spool without a try. */
const QUEUED_UP = new Error('earlier events of its case wait in the spool');

/**
 * Takes events over from their sender: into the journal first, then to RabbitMQ, or to the spool when RabbitMQ does not confirm or earlier
 * events of the case are still in there. What comes back as passing is on disk: in the journal, and in RabbitMQ or the spool.
 */
export class TakeEvents {
  readonly #options: TakeEventsOptions;

  constructor(options: TakeEventsOptions) {
    this.#options = options;
  }

  /** The verdicts after the taking: what could not be taken is refused. Throws what {@link DoorMemory.admit} throws. */
  async run(sender: Sender, verdicts: readonly Verdict[]): Promise<Verdict[]> {
    const passing = verdicts.flatMap((verdict) => ('passing' in verdict ? [verdict.passing] : []));
    const candidates = passing.map((item) => this.#candidateOf(item, sender));
    const fates = await this.#options.memory.admit(sender.appKey, sender.nonce, candidates);
    const refusals = await this.#carry(candidates, fates);
    const refused = new Map(passing.map((item, index) => [item, refusals[index] ?? null]));
    return verdicts.map((verdict) => {
      const refusal = 'passing' in verdict ? refused.get(verdict.passing) ?? null : null;
      return refusal === null ? verdict : { value: verdict.value, refused: refusal };
    });
  }

  #candidateOf(item: PassingEvent, sender: Sender): Candidate {
    const { event, digest } = item;
    const outgoing = toMessage(item, sender, this.#options.route);
    const letter = { messageId: outgoing.messageId, orderKey: orderKeyOf(event), message: this.#options.publisher.seal(outgoing) };
    return { source: event.source, id: event.id, digest, letter };
  }

  async #carry(candidates: readonly Candidate[], fates: readonly Fate[]): Promise<(DoorError | null)[]> {
    const going = candidates.map(({ letter }, index) => ({ letter, fate: fates[index] })).filter(({ fate }) => fate === 'free' || fate === 'behind');
    const results = await publishInOrder(going.map(({ letter }) => letter), ({ message }, index) => (
      going[index]?.fate === 'free' ? this.#options.watch.confirm(message) : Promise.reject(QUEUED_UP)));
    const unconfirmed = going.filter((_, index) => results[index] !== null).map(({ letter }) => letter);
    const fault = await this.#spool(unconfirmed);
    const lost = new Set(fault === null ? [] : unconfirmed);
    return candidates.map(({ letter }, index) => {
      if (fates[index] === 'reused') return new DoorError('id-reused');
      return lost.has(letter) ? fault : null;
    });
  }

  async #spool(letters: readonly Letter[]): Promise<DoorError | null> {
    if (letters.length === 0) return null;
    try {
      await this.#options.spool.add(letters);
      return null;
    } catch (error) {
      this.#options.logger.debug({ event: 'spool-refused', events: letters.length, reason: String(error) }, 'neither RabbitMQ nor Redis takes events');
      return storeUnavailable();
    }
  }
}

/** What the gateway locks by; see `orderOf` there. */
function orderKeyOf(event: JiujinEvent): string {
  switch (event.type) {
    case 'permission.granted':
    case 'permission.revoked':
      return `grant:${event.data.grantId}`;
    default:
      return event.subject;
  }
}

function toMessage({ event, digest, bytes, traceparent }: PassingEvent, sender: Sender, route: string): OutgoingMessage {
  return {
    exchange: EXCHANGES.events,
    routingKey: route,
    messageId: `${event.source}#${event.id}`,
    type: event.type,
    body: bytes,
    headers: {
      ...(event.subject === undefined ? {} : { 'x-project-no': event.subject }),
      traceparent,
      'x-party': sender.party,
      'x-door-at': new Date().toISOString(),
      'x-digest': digest,
    },
  };
}
