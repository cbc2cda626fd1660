import { describe, expect, it } from '@jest/globals';
import { deadLetterQueue, QUEUES, topologyFor } from '#contracts';
import { TopologyError } from './bus-errors.ts';
import { explainDeclareError, queueArguments } from './topology-assertion.ts';

const spec = (name: string) => {
  const found = topologyFor(['410204']).queues.find((queue) => queue.name === name);
  if (!found) throw new Error(name);
  return found;
};

describe('the arguments of a queue', () => {
  it('make the broker keep a majority of copies, refuse when full, and dead-letter at least once', () => {
    expect(queueArguments(spec(QUEUES.intake))).toEqual({
      'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': 2_000_000, 'x-delivery-limit': 100,
      'x-dead-letter-exchange': 'jiujin.dead-letters', 'x-dead-letter-routing-key': 'gateway', 'x-dead-letter-strategy': 'at-least-once',
    });
  });

  it('give a dead-letter queue a delivery limit out of reach, for the broker would drop what passes it, and RabbitMQ 4 has one of 20 of its own', () => {
    expect(queueArguments(spec(deadLetterQueue('gateway')))).toEqual({
      'x-queue-type': 'quorum', 'x-overflow': 'reject-publish', 'x-max-length': 2_000_000, 'x-delivery-limit': 2_000_000_000,
    });
  });
});

describe('explaining a refused declaration', () => {
  const refusal = (text: string) => Object.assign(new Error(`Operation failed: QueueDeclare; 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - ${text}"`), { code: 406 });

  it.each([
    [`inequivalent arg 'x-max-length' for queue 'q' in vhost '/': received '10' but current is '20'`, 'argument x-max-length: this program declares 10, the broker has 20'],
    [`inequivalent arg 'x-delivery-limit' for queue 'q' in vhost 'v': received the value '9' of type 'signedint' but current is none`, 'argument x-delivery-limit: this program declares 9, the broker has none'],
    ['something new', 'something new'],
  ])('names what differs: %s', (text, words) => {
    const error = explainDeclareError('q', refusal(text));
    expect(error).toBeInstanceOf(TopologyError);
    expect(error.message).toContain(words);
    expect(error.message).toContain('rabbitmqctl delete_queue -p VHOST q');
  });

  it('leaves other errors as they are', () => {
    const error = Object.assign(new Error('Channel closed'), { code: 504 });
    expect(explainDeclareError('q', error)).toBe(error);
  });
});
