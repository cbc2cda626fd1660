import { createReadStream } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { RecordLine } from './record-lines.ts';

const NAME = 'record.ndjson';
const LONGEST_LINE = 1 << 20;

/** A process that was killed may leave half a line; nothing it told of was acted on, so it is cut off. */
async function cutHalfLine(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  const length = Math.min(size, LONGEST_LINE);
  const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
  await file.truncate(size - length + buffer.lastIndexOf(0x0a) + 1);
}

/** Appends to the record. Lines given while a write is under way go together in the next one. */
export class RecordFile {
  readonly path: string;
  readonly #file: FileHandle;
  #waiting: string[] = [];
  #next: Promise<void> | null = null;
  #writing: Promise<void> = Promise.resolve();

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async open(folder: string): Promise<RecordFile> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, NAME);
    const file = await open(path, 'a+');
    await cutHalfLine(file);
    return new RecordFile(path, file);
  }

  /** Resolves once the lines are in the file: only then may their news be acted on. */
  write(...lines: readonly RecordLine[]): Promise<void> {
    for (const line of lines) this.#waiting.push(JSON.stringify(line));
    this.#next ??= this.#writing.then(() => this.#flush());
    return this.#next;
  }

  #flush(): Promise<void> {
    const text = `${this.#waiting.join('\n')}\n`;
    this.#waiting = [];
    this.#next = null;
    this.#writing = this.#file.appendFile(text);
    return this.#writing;
  }

  /** Every line up to now, oldest first, one at a time. */
  async *lines(): AsyncGenerator<RecordLine> {
    await this.#next;
    const { size } = await this.#file.stat();
    if (size === 0) return;
    const text = createInterface({ input: createReadStream(this.path, { end: size - 1 }), crlfDelay: Infinity });
    for await (const line of text) yield JSON.parse(line) as RecordLine;
  }

  /** Bytes on file now; what lies before them never changes. */
  async size(): Promise<number> {
    await this.#next;
    return (await this.#file.stat()).size;
  }

  /** Forgets everything. */
  async empty(): Promise<void> {
    await this.#next;
    await this.#file.truncate(0);
  }

  async close(): Promise<void> {
    await this.#next;
    await this.#file.close();
  }
}
