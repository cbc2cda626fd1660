import { rmSync } from 'node:fs';
import { placeFor, serverAccount } from '../../local/servers/postgres-account.ts';
import { openProfile } from '../../local/servers/profile.ts';

/** Removes all that a profile keeps on this machine, the database outside the checkout included. */
export function forgetProfile(name: string): void {
  const profile = openProfile(name);
  rmSync(placeFor(profile, serverAccount()), { recursive: true, force: true });
  rmSync(profile.home, { recursive: true, force: true });
}
