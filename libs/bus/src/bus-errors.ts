/** Why the bus could not take a message; `silent`: RabbitMQ is there, but has left what went to this queue unconfirmed. */
export type UnavailableCode = 'not-connected' | 'connection-lost' | 'blocked' | 'silent' | 'overloaded' | 'timeout' | 'closed';

/**
 * The broker cannot be reached, or takes nothing now. The caller keeps the message and tries again.
 * `uncertain` says that the message was already on its way: it may be in the queue, and sending it again may make a second copy.
 */
export class BusUnavailableError extends Error {
  override readonly name = 'BusUnavailableError';
  readonly code: UnavailableCode;
  readonly uncertain: boolean;

  constructor(code: UnavailableCode, uncertain: boolean, options?: ErrorOptions) {
    super(`RabbitMQ did not take the message: ${code}`, options);
    this.code = code;
    this.uncertain = uncertain;
  }
}

/** The broker answered no (a nack): a queue is full, or it failed inside. The message is in no queue, or not in all of them. */
export class BusRejectedError extends Error {
  override readonly name = 'BusRejectedError';

  constructor(exchange: string, routingKey: string) {
    super(`RabbitMQ refused the message for ${exchange} / ${routingKey} (queue full, or an error inside the broker)`);
  }
}

/** No queue is bound for this exchange and routing key: the message is in no queue. */
export class UnroutableError extends Error {
  override readonly name = 'UnroutableError';

  constructor(exchange: string, routingKey: string) {
    super(`no queue takes messages for ${exchange} / ${routingKey}`);
  }
}

/** What is declared on the broker contradicts what the program declares. The message says which queue, what differs and how to migrate. */
export class TopologyError extends Error {
  override readonly name = 'TopologyError';
}

/** A queue of this program has no handler, or more than one. The message names the line to add or to remove. */
export class HandlerError extends Error {
  override readonly name = 'HandlerError';
}
