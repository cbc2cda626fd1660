import { mkdirSync, mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Surroundings } from '../surroundings.ts';
import { Written } from '../terminal/fake-terminal.fixture.ts';
import { findGateway, gatewayUrl } from './find-gateway.ts';
import { UsageError } from './problems.ts';
import { forgetToken, keepToken, tokenFile } from './token-store.ts';

let folder: string;
const kept = (token: string) => ({ token, tokenId: 'an-id', name: 'bridgectl', expiresAt: null });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridgectl-'));
});

function around(env: Record<string, string> = {}): Surroundings {
  return { env, home: folder, checkout: folder, stdin: Readable.from([]), stdout: new Written(), stderr: new Written(), interrupted: new AbortController().signal };
}

function developmentToken(): void {
  mkdirSync(join(folder, '.jiujin/dev/secrets'), { recursive: true });
  writeFileSync(join(folder, '.jiujin/dev/secrets/ops-token'), 'the-development-token\n', { mode: 0o600 });
}

describe('the token', () => {
  it('comes from the command line, else the environment, else the login, else npm start', () => {
    const file = join(folder, 'a-token');
    writeFileSync(file, 'from-the-file\n', { mode: 0o600 });
    developmentToken();
    expect(findGateway({}, around())).toMatchObject({ token: 'the-development-token', notes: [expect.stringContaining('npm start')] });
    keepToken(tokenFile({}, folder), 'http://127.0.0.1:8700', kept('from-the-login'));
    expect(findGateway({}, around()).token).toBe('from-the-login');
    expect(findGateway({}, around({ BRIDGECTL_TOKEN_FILE: file })).token).toBe('from-the-file');
    expect(findGateway({}, around({ BRIDGECTL_TOKEN_FILE: file, BRIDGECTL_TOKEN: 'from-the-environment' })).token).toBe('from-the-environment');
    expect(findGateway({ tokenFile: file }, around({ BRIDGECTL_TOKEN: 'from-the-environment' })).token).toBe('from-the-file');
  });

  it('of a login or of npm start is sent to its own gateway and to no other', () => {
    developmentToken();
    keepToken(tokenFile({}, folder), 'http://127.0.0.1:8700', kept('from-the-login'));
    expect(findGateway({ url: 'http://127.0.0.1:8711' }, around()).token).toBeNull();
    expect(findGateway({}, around({ BRIDGECTL_URL: 'https://elsewhere.example' })).token).toBeNull();
    forgetToken(tokenFile({}, folder), 'http://127.0.0.1:8700');
    expect(findGateway({ url: 'http://evil.example:8700' }, around()).token).toBeNull();
  });

  it('is kept where nobody else can read it, and one that others can read is remarked on', () => {
    const file = tokenFile({}, folder);
    keepToken(file, 'http://127.0.0.1:8700', kept('from-the-login'));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const loose = join(folder, 'loose');
    writeFileSync(loose, 'a-token', { mode: 0o644 });
    expect(findGateway({ tokenFile: loose }, around()).notes).toEqual([expect.stringContaining('chmod 600')]);
  });

  it('is refused when it cannot be one, without being shown', () => {
    expect(() => findGateway({}, around({ BRIDGECTL_TOKEN: 'secret with\nbreak' }))).toThrow(UsageError);
    expect(() => findGateway({}, around({ BRIDGECTL_TOKEN: 'secret with\nbreak' }))).not.toThrow(/secret/);
  });

  it('on a way that is not encrypted is remarked on, unless it stays on this machine', () => {
    expect(findGateway({ url: 'http://gateway.example' }, around({ BRIDGECTL_TOKEN: 't' })).notes).toEqual([expect.stringContaining('明文')]);
    expect(findGateway({ url: 'https://gateway.example' }, around({ BRIDGECTL_TOKEN: 't' })).notes).toEqual([]);
    expect(findGateway({}, around({ BRIDGECTL_TOKEN: 't' })).notes).toEqual([]);
  });
});

describe('the address', () => {
  it('is a plain one', () => {
    expect(gatewayUrl('http://127.0.0.1:8700/')).toBe('http://127.0.0.1:8700');
    for (const wrong of ['gateway', 'ftp://a', 'http://name:word@a', 'http://a?x=1', '']) expect(() => gatewayUrl(wrong)).toThrow(UsageError);
  });
});
