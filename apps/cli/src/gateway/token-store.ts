import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CommandError } from './problems.ts';

/** A token as it is kept: which gateway it is for stands beside it, so that it is never sent to another one. */
export interface KeptToken {
  readonly token: string;
  /** By which the gateway knows it; by it the token is revoked. */
  readonly tokenId: string;
  readonly name: string;
  readonly expiresAt: string | null;
}

type Kept = Record<string, KeptToken>;

/** Where tokens are kept, by the XDG rules. */
export function tokenFile(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const config = env['XDG_CONFIG_HOME'];
  return join(config === undefined || config === '' ? join(home, '.config') : config, 'jiujin', 'tokens.json');
}

/** The token for the gateway at this origin, or `null`. */
export function keptToken(file: string, origin: string): KeptToken | null {
  return readKept(file)[origin] ?? null;
}

/** Keeps a token so that nobody else on the machine can read it, not even for the moment in which it is written. */
export function keepToken(file: string, origin: string, token: KeptToken): void {
  writeKept(file, { ...readKept(file), [origin]: token });
}

/** Forgets the token for this gateway; says whether there was one. */
export function forgetToken(file: string, origin: string): boolean {
  const { [origin]: forgotten, ...others } = readKept(file);
  if (forgotten === undefined) return false;
  writeKept(file, others);
  return true;
}

function readKept(file: string): Kept {
  if (!existsSync(file)) return {};
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch (error) {
    throw new CommandError(`读不了 ${file}：${(error as Error).message}`, undefined, '删除该文件后重新登录（bridgectl login）。');
  }
}

function writeKept(file: string, kept: Kept): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const next = `${file}.${process.pid}.new`;
  rmSync(next, { force: true });
  writeFileSync(next, `${JSON.stringify(kept, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(next, 0o600);
  renameSync(next, file);
}
