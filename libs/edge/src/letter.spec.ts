import { describe, expect, it } from '@jest/globals';
import { decodeLetter, encodeLetter } from './letter.ts';

describe('a letter in the journal', () => {
  it('comes out as it went in, whatever bytes its body has, and says that it is published again', () => {
    const content = Buffer.from([10, 0, 255, 10, 123]);
    const properties = { messageId: '/halls/410204#evt-1', type: 'case.received', contentType: 'application/octet-stream', headers: { 'x-key-version': '1', 'x-project-no': 'P-1' } };
    const letter = { messageId: '/halls/410204#evt-1', orderKey: 'P-1', message: { exchange: 'jiujin.events', routingKey: 'intake', content, properties } };
    expect(decodeLetter(letter.messageId, encodeLetter(letter), 'journal')).toEqual({
      ...letter,
      message: { ...letter.message, properties: { ...properties, headers: { ...properties.headers, 'x-republished': 'journal' } } },
    });
  });
});
