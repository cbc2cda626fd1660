import { createHash } from 'node:crypto';
import { chownSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeFolder, type Profile } from './profile.ts';

/** Who runs PostgreSQL; without ids it is ourselves. */
export interface Account {
  readonly ids: { readonly uid: number; readonly gid: number } | null;
}

const CANDIDATES = ['postgres', 'nobody'];

/** Root hands over to `postgres`, or to `nobody` where there is none; anybody else runs the server as themselves. */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return { ids: null };
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n').map((line) => line.split(':'));
  for (const name of CANDIDATES) {
    const found = lines.find(([user]) => user === name);
    if (found) return { ids: { uid: Number(found[2]), gid: Number(found[3]) } };
  }
  throw new Error('PostgreSQL 不能以 root 身份运行，而本机没有可用的普通账号：请先运行 useradd --system postgres');
}

/**
 * The data folder's parent, owned by the account. It lies in the checkout wherever the account can walk there; a checkout
 * under root's closed home falls back to /var/lib, and where that is closed too, to the temporary folder.
 */
export function placeFor(profile: Profile, account: Account): string {
  const inCheckout = join(profile.servers, 'postgres');
  if (account.ids === null) return own(inCheckout, account);
  const name = `jiujin-${createHash('sha256').update(profile.home).digest('hex').slice(0, 12)}`;
  const places = [inCheckout, join('/var/lib', name), join(tmpdir(), name)];
  const place = places.find((path) => canReach(dirname(path), account.ids));
  if (place === undefined) throw new Error(`PostgreSQL 的账号进不了这些目录：${places.join('、')}。请把代码放到其他用户可以进入的目录`);
  return own(place, account);
}

/** Whether the account may walk into this folder: it needs the search bit on the folder and on everything above it. */
export function canReach(folder: string, ids: { uid: number; gid: number } | null): boolean {
  if (ids === null || ids.uid === 0) return true;
  for (let path = folder; ; path = dirname(path)) {
    if (!maySearch(path, ids)) return false;
    if (path === dirname(path)) return true;
  }
}

function maySearch(path: string, ids: { uid: number; gid: number }): boolean {
  const { mode, uid, gid } = statSync(path);
  if (uid === ids.uid) return (mode & 0o100) !== 0;
  return (mode & (gid === ids.gid ? 0o010 : 0o001)) !== 0;
}

function own(path: string, account: Account): string {
  makeFolder(path, 0o700);
  if (account.ids) chownSync(path, account.ids.uid, account.ids.gid);
  return path;
}
