import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#runtime';
import { bearerOf, OpsToken } from './ops-token.ts';

describe('the operators\' token', () => {
  it('stops the start when it is missing or could be guessed, without showing it', () => {
    expect(() => new OpsToken(undefined)).toThrow(ConfigError);
    expect(() => new OpsToken('short-secret')).toThrow(/OPS_TOKEN/);
    expect(() => new OpsToken('short-secret')).not.toThrow(/short-secret/);
  });

  it('matches itself and nothing else', () => {
    const token = new OpsToken('0123456789abcdef0123456789abcdef');
    expect(token.matches('0123456789abcdef0123456789abcdef')).toBe(true);
    expect(token.matches('0123456789abcdef0123456789abcdeF')).toBe(false);
    expect(token.matches('')).toBe(false);
  });

  it.each([['Bearer abc', 'abc'], ['bearer  abc', 'abc'], ['Basic abc', null], ['Bearer', null], ['Bearer a b', null], [undefined, null], [['Bearer abc'], null]])(
    'is read from the header %j as %j', (header, token) => {
      expect(bearerOf(header)).toBe(token);
    },
  );
});
