import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Surroundings } from '../../surroundings.ts';
import type { Disk } from './judge-disk.ts';

/** The disks of the machine on which the doctor runs, each once: where it keeps its own, and where `npm start` keeps its servers' data. */
export async function localDisks({ home, checkout }: Pick<Surroundings, 'home' | 'checkout'>): Promise<Disk[]> {
  const looked = await Promise.all([['根目录', '/'], ['用户目录', home], ['npm start 的数据', join(checkout, '.jiujin')], ['代码目录', checkout]].map(([whatZh = '', folder = '']) => look(whatZh, folder)));
  // Folders of one disk have the same figures.
  return [...new Map(looked.flatMap((disk) => disk ?? []).map((disk) => [`${disk.freeBytes} ${disk.totalBytes}`, disk])).values()];
}

async function look(whatZh: string, folder: string): Promise<Disk | null> {
  return statfs(folder).then(({ bavail, blocks, bsize }) => ({ whatZh, freeBytes: bavail * bsize, totalBytes: blocks * bsize })).catch(() => null);
}
