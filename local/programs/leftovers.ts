import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { endProcess } from '../servers/child.ts';
import { liveRecord, recordOf, saveRecord } from '../servers/process-record.ts';
import type { Profile } from '../servers/profile.ts';

const STOP_MS = 15_000;

/** Makes this process the one that runs the profile's programs. Throws when another one does. */
export function claimProfile(profile: Profile): void {
  const file = ownerFile(profile);
  const owner = liveRecord(file);
  if (owner !== null && owner.pid !== process.pid) {
    throw new Error(`"${profile.name}" 正由进程 ${owner.pid} 运行：请先在那里按 Ctrl-C，或者加 --profile <名称> 另开一套`);
  }
  const self = recordOf(process.pid);
  if (self) saveRecord(file, self);
}

/** Leaves the profile to others; does nothing when it is not ours. */
export function releaseProfile(profile: Profile): void {
  if (liveRecord(ownerFile(profile))?.pid === process.pid) rmSync(ownerFile(profile), { force: true });
}

function ownerFile(profile: Profile): string {
  return join(profile.run, 'owner.json');
}

/** Ends the programs that an earlier run left behind because it was killed; gives how many there were. */
export async function endLeftovers(profile: Profile): Promise<number> {
  const files = readdirSync(profile.run).filter((name) => name.startsWith('program-')).map((name) => join(profile.run, name));
  const alive = files.map(liveRecord).filter((record) => record !== null);
  await Promise.all(alive.map((record) => endProcess(record, 'SIGTERM', STOP_MS)));
  return alive.length;
}
