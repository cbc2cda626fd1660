import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Surroundings } from '../surroundings.ts';
import { CommandError, UsageError } from './problems.ts';
import { keptToken, tokenFile } from './token-store.ts';

/** Where the gateway of `npm start` answers. */
const USUAL_URL = 'http://127.0.0.1:8700';

export interface Asked {
  readonly url?: string | undefined;
  readonly tokenFile?: string | undefined;
}

/** Which gateway is asked, as whom. */
export interface Gateway {
  readonly url: string;
  readonly token: string | null;
  /** Where the token came from, in words; the token itself is shown nowhere. */
  readonly tokenFrom: string;
  /** What a person should know about it. */
  readonly notes: readonly string[];
}

type Found = Pick<Gateway, 'token' | 'tokenFrom' | 'notes'>;

/** What was said on the command line goes before the environment, and that before what is kept. */
export function findGateway(asked: Asked, around: Surroundings): Gateway {
  const url = askedUrl(asked, around);
  const found = givenToken(asked, around) ?? storedToken(url, around) ?? developmentToken(url, around) ?? { token: null, tokenFrom: '没有令牌', notes: [] };
  return { url, ...found, notes: [...found.notes, ...notesOnTransport(url, found.token)] };
}

/** The address alone. */
export function askedUrl(asked: Pick<Asked, 'url'>, { env }: Pick<Surroundings, 'env'>): string {
  return gatewayUrl(asked.url ?? textOf(env['BRIDGECTL_URL']) ?? USUAL_URL);
}

/** The address of a gateway, without what would be lost anyway. */
export function gatewayUrl(text: string): string {
  const url = URL.parse(text);
  const usable = url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (!usable) throw new UsageError(`网关地址不合规则：“${text}”`, '须为 http:// 或 https:// 开头的地址，不带用户名和参数，如 http://127.0.0.1:8700。');
  return url.href.replace(/\/+$/, '');
}

function givenToken(asked: Asked, { env }: Surroundings): Found | null {
  if (asked.tokenFile !== undefined) return fromFile(asked.tokenFile, '--token-file');
  const inEnv = textOf(env['BRIDGECTL_TOKEN']);
  if (inEnv !== undefined) return { token: checked(inEnv, 'BRIDGECTL_TOKEN'), tokenFrom: '环境变量 BRIDGECTL_TOKEN', notes: [] };
  const file = textOf(env['BRIDGECTL_TOKEN_FILE']);
  return file === undefined ? null : fromFile(file, 'BRIDGECTL_TOKEN_FILE');
}

function storedToken(url: string, { env, home }: Surroundings): Found | null {
  const file = tokenFile(env, home);
  const kept = keptToken(file, url);
  if (kept === null) return null;
  return { token: checked(kept.token, file), tokenFrom: `登录所存的令牌“${kept.name}”（${file}）`, notes: notesOnMode(file) };
}

/** The token of `npm start` is for the gateway of `npm start`: it goes to the usual address on this machine and nowhere else. */
function developmentToken(url: string, { checkout }: Surroundings): Found | null {
  const file = join(checkout, '.jiujin/dev/secrets/ops-token');
  if (url !== USUAL_URL || !existsSync(file)) return null;
  return { ...fromFile(file, 'npm start 的令牌'), notes: [`没有指定令牌，用 npm start 的（${file}，只能查看）；要操作请先 bridgectl login`] };
}

function fromFile(file: string, name: string): Found {
  try {
    return { token: checked(readFileSync(file, 'utf8').trim(), name), tokenFrom: `${name}（${file}）`, notes: notesOnMode(file) };
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new UsageError(`${name}：读不了令牌文件 ${file}（${(error as NodeJS.ErrnoException).code ?? '未知错误'}）`);
  }
}

function checked(token: string, from: string): string {
  if (/^[A-Za-z0-9._~+/=-]{1,500}$/.test(token)) return token;
  throw new UsageError(`${from}：其中不是访问令牌（空的，或有令牌里没有的字符）`);
}

function notesOnMode(file: string): string[] {
  const others = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
  return others ? [`令牌文件 ${file} 别的用户也能读，请 chmod 600`] : [];
}

function notesOnTransport(url: string, token: string | null): string[] {
  const { protocol, hostname } = new URL(url);
  const local = hostname === 'localhost' || hostname === '[::1]' || /^127\./.test(hostname);
  return protocol === 'http:' && !local && token !== null ? [`${url} 未加密，令牌在网络上是明文`] : [];
}

function textOf(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
