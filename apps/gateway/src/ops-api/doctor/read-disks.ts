import { statfs } from 'node:fs/promises';
import type { DiskAnswer } from './doctor.answer.ts';

const ANSWER_MS = 2_000;

/** How full the disk is on which a folder of this machine lies; `null` when that cannot be told, as for a folder that is on another machine or hidden. */
export async function readDisk(whatZh: string, folder: string | null): Promise<DiskAnswer | null> {
  if (folder === null) return null;
  const late = AbortSignal.timeout(ANSWER_MS);
  // A network disk that hangs would never answer.
  const ended = new Promise<null>((resolve) => { late.addEventListener('abort', () => resolve(null), { once: true }); });
  const read = statfs(folder).then(({ bavail, blocks, bsize }) => ({ whatZh, freeBytes: bavail * bsize, totalBytes: blocks * bsize })).catch(() => null);
  return Promise.race([read, ended]);
}
