import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { parseLine } from './record-lines.ts';
import type { Line, Side } from './record-lines.ts';

const ANSWER_TIMEOUT_MS = 10_000;

async function open(source: string): Promise<Readable> {
  if (!/^https?:/.test(source)) return createReadStream(source);
  const response = await fetch(source, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
  if (!response.ok || response.body === null) throw new Error(`${source} answered ${response.status}`);
  return Readable.from(response.body as AsyncIterable<Uint8Array>);
}

/** The lines of a record, one at a time, from a file or from a simulator's `/control/record`. @throws when it cannot be read. */
export async function* readRecord(source: string): AsyncGenerator<Line> {
  for await (const text of createInterface({ input: await open(source), crlfDelay: Infinity })) {
    if (text !== '') yield parseLine(text);
  }
}

/**
 * Both records as one stream, always the older line next: cause and effect then lie close together, and little has to be kept in mind
 * between them. Within each record the order stays as it is.
 */
export async function* readBoth(platform: string, centre: string): AsyncGenerator<[Side, Line]> {
  const records = [['platform', readRecord(platform)], ['centre', readRecord(centre)]] as const;
  const heads = await Promise.all(records.map(async ([side, lines]) => ({ side, lines, head: await lines.next() })));
  for (;;) {
    const open = heads.filter(({ head }) => head.done !== true);
    const [first] = open.sort((left, right) => (left.head.value as Line).at - (right.head.value as Line).at);
    if (first === undefined) return;
    yield [first.side, first.head.value as Line];
    first.head = await first.lines.next();
  }
}
