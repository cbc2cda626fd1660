import { describe, expect, it } from '@jest/globals';
import { GatewayConfig } from '../gateway.config.ts';
import { DedupeWindows } from './dedupe-windows.ts';

const windows = (text: string | undefined): DedupeWindows => DedupeWindows.fromConfig(Object.assign(new GatewayConfig(), { receiverDedupeWindows: text }));

describe('how long receivers recognise repetitions', () => {
  it('is for ever, unless said; a hall\'s own line comes before that of every hall', () => {
    expect(windows(undefined).of('centre')).toBeNull();
    const some = windows('{"hall:*": 60000, "hall:410204": 90000}');
    expect([some.of('centre'), some.of('hall:410203'), some.of('hall:410204')]).toEqual([null, 60_000, 90_000]);
  });

  it.each([['[1]', 'RECEIVER_DEDUPE_WINDOWS'], ['{"centre": "a week"}', 'centre'], ['{"centre": 5}', 'centre'], ['{"moon": 60000}', 'moon'], ['{', 'JSON']])('stops the start at %s, and says where', (text, named) => {
    expect(() => windows(text)).toThrow(named);
  });
});
