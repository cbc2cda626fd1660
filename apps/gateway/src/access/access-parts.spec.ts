import { describe, expect, it } from '@jest/globals';
import { GatewayConfig } from '../gateway.config.ts';
import { cookieName, readCookie, setCookie } from './cookies.ts';
import { csrfTokenOf, refuseForged } from './csrf.ts';
import { FailureNotes } from './failure-notes.ts';
import { HashQueue } from './hash-queue.ts';
import { hashPassword, isPassword } from './password-hash.ts';
import { passwordProblem, randomPassword } from './password-rules.ts';
import { PublicAddress } from './public-address.ts';

const CHEAP = { logN: 4, r: 8, p: 1 };

describe('a kept password', () => {
  it('is known again whatever the costs were when it was kept, and is another each time', async () => {
    const [one, other] = [await hashPassword('correct horse', CHEAP), await hashPassword('correct horse', { logN: 5, r: 4, p: 2 })];
    for (const kept of [one, other]) {
      expect(await isPassword('correct horse', kept)).toBe(true);
      expect(await isPassword('correct horsf', kept)).toBe(false);
    }
    expect(one).toMatch(/^\$scrypt\$ln=4,r=8,p=1\$/);
    expect(await hashPassword('correct horse', CHEAP)).not.toBe(one);
  });

  it('is the same from a keyboard that composes its letters otherwise', async () => {
    expect(await isPassword('e\u0301tude étude', await hashPassword('étude e\u0301tude', CHEAP))).toBe(true);
  });

  it('costs 32 MiB three times over unless told', async () => {
    expect(await hashPassword('x')).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/);
  });

  it('that nobody has is as much work and never right', async () => {
    const before = performance.now();
    expect(await isPassword('', null)).toBe(false);
    expect(performance.now() - before).toBeGreaterThan(20);
    await expect(isPassword('x', 'plain text')).rejects.toThrow('unknown form');
  });
});

describe('a new password', () => {
  it.each([
    ['twelve chars', null], ['only eleven', 'minLength'], ['the NAME is here', 'notTheName'], ['一二三四五六七八九十甲乙', null], ['aaaaaaaaaaaa', null],
  ])('"%s" breaks %s', (password, rule) => {
    expect(passwordProblem('password', password, 'name')?.rule ?? null).toBe(rule);
  });

  it('made here satisfies the rules and is never the same', () => {
    const made = Array.from({ length: 50 }, randomPassword);
    expect(new Set(made).size).toBe(50);
    for (const password of made) {
      expect(password).toMatch(/^(?:[a-z2-9]{4}-){4}[a-z2-9]{4}$/);
      expect(passwordProblem('password', password, 'admin')).toBeNull();
    }
  });
});

describe('hashing', () => {
  it('happens twice at once at most; sixteen wait and the next is refused; whoever fails makes room', async () => {
    const queue = new HashQueue();
    let [running, most] = [0, 0];
    const ends: (() => void)[] = [];
    const job = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => { ends.push(resolve); });
      running -= 1;
      throw new Error('failed');
    };
    const jobs = Array.from({ length: 18 }, () => queue.run(job).catch((error: unknown) => (error as Error).message));
    await expect(queue.run(job)).rejects.toMatchObject({ code: 'login-busy' });
    for (let ended = 0; ended < 18; ended += 1) {
      while (ends.length === 0) await Promise.resolve();
      ends.shift()?.();
      await Promise.resolve();
    }
    expect(await Promise.all(jobs)).toEqual(Array.from({ length: 18 }, () => 'failed'));
    expect(most).toBe(2);
    expect(await queue.run(() => Promise.resolve('free'))).toBe('free');
  });
});

describe('failed logins', () => {
  it('are recorded ten times a minute; what is left out is counted in the next record', () => {
    const notes = new FailureNotes();
    const noted = Array.from({ length: 25 }, () => notes.note(1_000));
    expect(noted.filter(({ record }) => record)).toHaveLength(10);
    expect(notes.note(60_999)).toEqual({ record: false, leftOut: 0 });
    expect(notes.note(61_000)).toEqual({ record: true, leftOut: 16 });
    expect(notes.note(61_001)).toEqual({ record: true, leftOut: 0 });
  });
});

describe('a cookie of ours', () => {
  const value = 'v'.repeat(43);

  it('is found among others, and only in the form we give it', () => {
    expect(readCookie(`a=b; jiujin_session=${value}; c=d`, 'jiujin_session', false)).toBe(value);
    for (const header of [undefined, '', `xjiujin_session=${value}`, 'jiujin_session=short', `jiujin_session=${value}x`, `jiujin_session="${value}"`]) {
      expect(readCookie(header, 'jiujin_session', false)).toBeNull();
    }
  });

  it('is not taken without its prefix when the gateway is reached by https', () => {
    expect(cookieName('jiujin_session', true)).toBe('__Host-jiujin_session');
    expect(readCookie(`jiujin_session=${value}`, 'jiujin_session', true)).toBeNull();
    expect(setCookie('jiujin_session', value, { sameSite: 'Strict', secure: true })).toContain('; Secure');
  });
});

describe('a request that may be forged', () => {
  const token = csrfTokenOf('session');
  const ask = (headers: Record<string, string>, method = 'POST') => () => refuseForged({ method, headers, ip: '' }, token, 'https://console.test');

  it('is let through from our pages with the token, and when it only reads', () => {
    expect(ask({ origin: 'https://console.test', 'x-csrf-token': token })).not.toThrow();
    expect(ask({ 'sec-fetch-site': 'same-origin', origin: 'https://alias.test', 'x-csrf-token': token })).not.toThrow();
    expect(ask({}, 'GET')).not.toThrow();
  });

  it.each([
    [{ 'x-csrf-token': token }], [{ origin: 'https://console.test' }], [{ origin: 'https://console.test.evil.test', 'x-csrf-token': token }],
    [{ 'sec-fetch-site': 'same-site', origin: 'https://console.test', 'x-csrf-token': token }], [{ 'sec-fetch-site': 'none', 'x-csrf-token': token }],
    [{ origin: 'https://console.test', 'x-csrf-token': `${token}x` }], [{ origin: 'https://console.test', 'x-csrf-token': 'é'.repeat(token.length) }],
  ])('is refused with %j', (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) expect(ask(headers, method)).toThrow(expect.objectContaining({ code: 'csrf-refused' }));
  });
});

describe('the public address', () => {
  it.each([
    [{}, 'http://127.0.0.1:8700', false], [{ host: '::1', port: 80 }, 'http://[::1]', false], [{ publicUrl: 'https://console.test/' }, 'https://console.test', true],
  ])('with %j is %s', (settings, origin, secure) => {
    expect(new PublicAddress(Object.assign(new GatewayConfig(), settings))).toEqual({ origin, secure });
  });
});
