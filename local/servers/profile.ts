import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** The root of the checkout: everything that `local/` keeps lies under it, in a folder that git ignores. */
export const CHECKOUT = resolve(import.meta.dirname, '../..');

/** One set of private servers, secrets and logs. `npm start` and `npm test` use different ones and never touch each other's data. */
export interface Profile {
  readonly name: string;
  readonly home: string;
  /** Pid records, leases and locks. */
  readonly run: string;
  readonly servers: string;
  readonly logs: string;
  readonly secrets: string;
  /** Eight hexadecimal digits that are this checkout's and this profile's own; part of names that must not clash on one machine. */
  readonly id: string;
  /** Test data need not survive a power cut, so its servers may skip the disk flush. */
  readonly durable: boolean;
}

const NAME = /^[a-z][a-z0-9-]{0,19}$/;

/** The profile of this name, with its folders made. Throws when the name could not be a folder of ours. */
export function openProfile(name: string): Profile {
  if (!NAME.test(name)) throw new Error(`profile name "${name}" 不合规则：小写字母开头，只含小写字母、数字和连字符，最长 20 个字符`);
  const home = join(CHECKOUT, '.jiujin', name);
  const profile: Profile = {
    name,
    home,
    run: join(home, 'run'),
    servers: join(home, 'servers'),
    logs: join(home, 'logs'),
    secrets: join(home, 'secrets'),
    id: createHash('sha256').update(home).digest('hex').slice(0, 8),
    durable: name !== 'test',
  };
  for (const folder of [home, profile.servers]) makeFolder(folder, 0o755);
  for (const folder of [profile.run, profile.logs, profile.secrets]) makeFolder(folder, 0o700);
  return profile;
}

/** Makes the folder if needed and sets its mode, whatever the umask says. */
export function makeFolder(path: string, mode: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
}
