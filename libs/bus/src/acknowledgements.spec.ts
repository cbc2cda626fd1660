import { describe, expect, it } from '@jest/globals';
import type { Channel, ConsumeMessage, Message } from 'amqplib';
import { Acknowledgements } from './acknowledgements.ts';

/** What the broker hears: a tag, and `…` before it when everything older is meant as well. */
function listen(): { acknowledgements: Acknowledgements; heard: string[] } {
  const heard: string[] = [];
  const channel = { ack: ({ fields }: Message, andOlder = false) => { heard.push(`${andOlder ? '…' : ''}${fields.deliveryTag}`); } };
  return { acknowledgements: new Acknowledgements(channel as Channel), heard };
}

const message = (deliveryTag: number): ConsumeMessage => ({ fields: { deliveryTag } }) as ConsumeMessage;

async function finish(acknowledgements: Acknowledgements, ...tags: number[]): Promise<void> {
  for (const tag of tags) acknowledgements.add(message(tag));
  await acknowledgements.written();
}

describe('what is done in one turn', () => {
  it('is acknowledged with one word, in whatever order it came to its end', async () => {
    const { acknowledgements, heard } = listen();
    await finish(acknowledgements, 2, 4, 1, 3);
    expect(heard).toEqual(['…4']);
  });

  it('takes nothing along that is older and still in hand', async () => {
    const { acknowledgements, heard } = listen();
    await finish(acknowledgements, 1, 2, 4, 5);
    await finish(acknowledgements, 6);
    expect(heard).toEqual(['…2', '4', '5', '6']);
  });

  it('is acknowledged with one word again when the one that was in hand is done', async () => {
    const { acknowledgements, heard } = listen();
    await finish(acknowledgements, 2);
    await finish(acknowledgements, 3, 1);
    await finish(acknowledgements, 4, 5);
    expect(heard).toEqual(['2', '…3', '…5']);
  });

  it('may cover what was answered otherwise before', async () => {
    const { acknowledgements, heard } = listen();
    acknowledgements.pass(message(2));
    await finish(acknowledgements, 1, 3);
    expect(heard).toEqual(['…3']);
  });

  it('is not lost when nobody waits for it', async () => {
    const { acknowledgements, heard } = listen();
    acknowledgements.add(message(1));
    await acknowledgements.written();
    await acknowledgements.written();
    expect(heard).toEqual(['1']);
  });
});

describe('a channel that refuses', () => {
  it('tells who waits, and takes nothing with it into the next turn', async () => {
    const refusing = { ack: () => { throw new Error('channel closed'); } };
    const acknowledgements = new Acknowledgements(refusing as unknown as Channel);
    await expect(finish(acknowledgements, 1)).rejects.toThrow('channel closed');
    await acknowledgements.written();
  });
});
