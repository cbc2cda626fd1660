import { describe, expect, it } from '@jest/globals';
import { backOffMs } from './back-off.ts';
import { checkUrls, connectUrl, describeBroker, isRefusedForGood } from './broker-url.ts';

describe('the address of the broker', () => {
  it('gets a heartbeat and keeps an encoded vhost', () => {
    expect(connectUrl('amqp://u:p@h:5672/%2Fx', 10)).toBe('amqp://u:p@h:5672/%2Fx?heartbeat=10');
  });

  it('is described without user and password', () => {
    expect(describeBroker('amqp://user:hidden@h/x')).toBe('h:5672/x');
    expect(describeBroker('amqps://user:hidden@h/x')).toBe('h:5671/x');
  });

  it.each([[[]], [['http://user:hidden@h']], [['amqp://h', 'hidden']]])('is refused when it is none: %j; the error does not repeat it', (urls) => {
    expect(() => checkUrls(urls)).toThrow(/amqp:\/\/user:password@host:port\/vhost/);
    expect(() => checkUrls(urls)).not.toThrow(/hidden/);
  });

  it.each([
    ['Handshake terminated by server: 403 (ACCESS-REFUSED)', true],
    ["Expected ConnectionOpenOk; got: 530 (NOT-ALLOWED) - vhost x not found", true],
    ['connect ECONNREFUSED', false],
  ])('tells a no from an absence: %s', (message, refused) => {
    expect(isRefusedForGood(new Error(message))).toBe(refused);
  });
});

describe('backing off', () => {
  it('doubles up to the ceiling, with jitter over the upper half', () => {
    expect([1, 2, 3, 4, 99].map((failures) => backOffMs(failures, 100, 500, () => 1))).toEqual([100, 200, 400, 500, 500]);
    expect(backOffMs(1, 100, 500, () => 0)).toBe(50);
  });
});
