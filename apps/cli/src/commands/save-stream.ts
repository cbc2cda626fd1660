import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT } from '../exit-codes.ts';
import { CommandError, UsageError } from '../gateway/problems.ts';

/** Writes what comes in pieces to a file that only its owner can read, and says how long it is. What broke off is not left lying under the name of a whole file. */
export async function saveStream(begin: () => Promise<AsyncIterable<Uint8Array>>, file: string, force: boolean): Promise<number> {
  if (existsSync(file) && !force) throw new UsageError(`文件已存在：${file}`, '换一个文件名，或用 --force 覆盖。');
  const part = `${file}.part`;
  try {
    await pipeline(Readable.from(await begin()), createWriteStream(part, { mode: 0o600 }));
    renameSync(part, file);
    return statSync(file).size;
  } catch (error) {
    rmSync(part, { force: true });
    throw error instanceof CommandError ? error : new CommandError(`导出没有完成：${(error as Error).message}`, EXIT.error, '请再试一次；没有留下不完整的文件。');
  }
}
