/** The keys of one app's ingress journal and spool in Redis. All instances of an app share them, so they share one Redis and one prefix. */
export interface JournalKeys {
  /** Hash: message id → sealed message. What is in here was accepted and is not yet known to be in the ledger. */
  readonly bodies: string;
  /** Sorted set: message id → when to look again, in microseconds of Redis's clock. */
  readonly due: string;
  /** Sorted set: message id → when it came, in microseconds of Redis's clock; the order in which messages are published again. */
  readonly arrived: string;
  /** Hash: message id → how often it was published again. */
  readonly tries: string;
  /** Sorted set: message id → when it came, for those that wait in the spool. */
  readonly spooled: string;
  /** Hash: message id → what it is ordered by (its case), for those that wait in the spool. */
  readonly spooledBy: string;
  /** Hash: case → how many of its messages wait in the spool. As long as there are any, later ones queue up behind them. */
  readonly spooledCases: string;
  /** Who publishes overdue messages again at the moment. */
  readonly lease: string;
}

/** The keys of `app` under the deployment's prefix, such as `jiujin:`. */
export function journalKeys(prefix: string, app: string): JournalKeys {
  const key = (name: string): string => `${prefix}${app}:${name}`;
  return {
    bodies: key('journal:bodies'), due: key('journal:due'), arrived: key('journal:arrived'), tries: key('journal:tries'), lease: key('journal:lease'),
    spooled: key('spooled:events'), spooledBy: key('spooled:case-of'), spooledCases: key('spooled:cases'),
  };
}
