import { describe, expect, it } from '@jest/globals';
import { addressBlock } from './address-block.ts';
import { AddressLimit } from './address-limit.ts';

describe('whom an address stands for', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'], ['::ffff:192.0.2.7', '192.0.2.7'], ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:0DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'], ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'], ['unknown', 'unknown'],
  ])('%s is %s', (ip, block) => {
    expect(addressBlock(ip)).toBe(block);
  });
});

describe('logins from one address', () => {
  const refusals = (limit: AddressLimit, count: number, ip: string, now: number): number => {
    let refused = 0;
    for (let tried = 0; tried < count; tried += 1) {
      try {
        limit.take(ip, now);
      } catch {
        refused += 1;
      }
    }
    return refused;
  };

  it('are so many a minute, half of them at once, with the time to come back', () => {
    const limit = new AddressLimit({ loginsPerMinute: 20 });
    expect(refusals(limit, 30, '10.0.0.1', 0)).toBe(20);
    expect(() => limit.take('10.0.0.1', 1_500)).toThrow(expect.objectContaining({ code: 'too-many-logins', status: 429, retryAfterSeconds: 2 }));
    expect(refusals(limit, 5, '10.0.0.1', 6_500)).toBe(3);
    expect(refusals(limit, 30, '10.0.0.1', 3_600_000)).toBe(20);
  });

  it('leave room for those from others; the machines of one network are one', () => {
    const limit = new AddressLimit({ loginsPerMinute: 20 });
    refusals(limit, 30, '2001:db8::1', 0);
    expect(refusals(limit, 1, '10.0.0.2', 0)).toBe(0);
    expect(refusals(limit, 1, '2001:db8::2', 0)).toBe(1);
  });

  it('are counted for ten thousand addresses and no more; the one that was silent longest is forgotten', () => {
    const limit = new AddressLimit({ loginsPerMinute: 2 });
    for (let count = 0; count < 10_000; count += 1) limit.take(`a${count}`, 0);
    expect(refusals(limit, 1, 'a0', 0)).toBe(1);
    limit.take('one more', 0);
    expect([refusals(limit, 1, 'a0', 0), refusals(limit, 1, 'a1', 0)]).toEqual([1, 0]);
  });
});
