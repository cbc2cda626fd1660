import type { Topology } from '../topology.ts';

/** A topology as text that people review: one line per exchange and per queue, in the order of declaration. */
export function topologyText({ exchanges, queues }: Topology): string {
  return [
    ...exchanges.map(({ name, type }) => `exchange ${name} ${type}`),
    ...queues.map((queue) => [
      `queue ${queue.name}`,
      `bound to ${queue.exchange} by ${queue.routingKeys.join(', ')}`,
      `consumed by ${queue.consumer}`,
      queue.deliveryLimit === null ? 'no delivery limit' : `delivery limit ${queue.deliveryLimit}`,
      `dead letters to ${queue.deadLetterKey ?? 'nowhere'}`,
      `at most ${queue.maxLength} messages`,
      ...(queue.bundled ? [queue.gatherMs === 0 ? 'bundled' : `bundled, gathered for ${queue.gatherMs} ms`] : []),
      queue.purpose,
    ].join(' | ')),
    '',
  ].join('\n');
}
