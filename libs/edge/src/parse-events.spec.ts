import { describe, expect, it } from '@jest/globals';
import { parseEvents } from './parse-events.ts';

const parse = (contentType: string | undefined, text: string | Buffer, max = 3): unknown => {
  try {
    return parseEvents(contentType, Buffer.from(text), max);
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('reading a body', () => {
  it.each([
    ['application/cloudevents+json', '{"a":1}', { form: 'one', events: [{ a: 1 }] }],
    ['application/json; charset=utf-8', '[]', { form: 'one', events: [[]] }],
    ['Application/CloudEvents-Batch+JSON', '[1,2,3]', { form: 'batch', events: [1, 2, 3] }],
    ['application/cloudevents-batch+json', '[1,2,3,4]', 'too-large'],
    ['application/cloudevents-batch+json', '[]', 'empty-batch'],
    ['application/cloudevents-batch+json', '{"a":1}', 'not-a-cloudevent'],
    ['application/json', '', 'not-json'],
    ['application/json', '{"a":', 'not-json'],
    ['text/plain', '{}', 'unsupported-media-type'],
    ['constructor', '{}', 'unsupported-media-type'],
    [undefined, '{}', 'unsupported-media-type'],
  ])('%s with %s gives %j', (contentType, text, expected) => {
    expect(parse(contentType, text)).toEqual(expected);
  });

  it('takes no broken UTF-8, which would put other characters into a name', () => {
    expect(parse('application/json', Buffer.from([0x22, 0xb2, 0xe2, 0x22]))).toBe('not-json');
  });
});
