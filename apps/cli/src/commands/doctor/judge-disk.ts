import { plain } from '../../terminal/plain-text.ts';
import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** How full a disk is. */
export interface Disk {
  readonly whatZh: string;
  readonly freeBytes: number;
  readonly totalBytes: number;
}

const GIB = 1024 ** 3;
/** Less than this is little on any disk. */
export const LITTLE_BYTES = 5 * GIB;
const DISK = { badBytes: GIB, badShare: 0.03, warnShare: 0.1, halfEmpty: 0.5 } as const;

/** Bytes as people say them. */
export function size(bytes: number): string {
  if (bytes >= GIB) return `${(bytes / GIB).toFixed(1)} GiB`;
  return `${Math.max(0, Math.round(bytes / 1024 ** 2))} MiB`;
}

/** By share and by what is left: a large disk at 8 % may have room, a small one at 20 % may not. */
export function judgeDisk(where: string, { whatZh, freeBytes, totalBytes }: Disk): Finding {
  const about = ['disk', `磁盘：${where}，${plain(whatZh)}`] as const;
  const share = totalBytes === 0 ? 1 : freeBytes / totalBytes;
  const said = `剩 ${size(freeBytes)}，共 ${size(totalBytes)}（${Math.round(share * 100)}%）`;
  if (freeBytes < DISK.badBytes || share < DISK.badShare) return bad(about, said, '立即腾出或扩容：磁盘满了，RabbitMQ 停收、Redis 写不了 AOF、PostgreSQL 停写。');
  const little = freeBytes < LITTLE_BYTES && share < DISK.halfEmpty;
  return little || share < DISK.warnShare ? warn(about, said, '尽快腾出或扩容。') : ok(about, said);
}
