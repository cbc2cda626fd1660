import type { Redis } from 'ioredis';
import type { EdgeMetrics } from './edge-metrics.ts';
import type { JournalKeys } from './journal-keys.ts';
import { COUNT_DUE, FIRST_SPOOLED, FORGET, JOIN_SPOOL, LEAVE_SPOOL, POSTPONE, TAKE_DUE } from './journal-scripts.ts';
import { decodeLetter, encodeLetter, type Letter } from './letter.ts';

type Argument = string | number | Buffer;

interface JournalCommands {
  jiujinJoinSpool(keyCount: number, ...args: Argument[]): Promise<null>;
  jiujinFirstSpooledBuffer(keyCount: number, ...args: Argument[]): Promise<(Buffer | null)[]>;
  jiujinLeaveSpool(keyCount: number, ...args: Argument[]): Promise<null>;
  jiujinForget(keyCount: number, ...args: Argument[]): Promise<number>;
  jiujinCountDue(keyCount: number, ...args: Argument[]): Promise<[now: string, due: number, lateMs: number] | null>;
  jiujinTakeDueBuffer(keyCount: number, ...args: Argument[]): Promise<[number, ...Buffer[]]>;
  jiujinPostpone(keyCount: number, ...args: Argument[]): Promise<null>;
}

const SCRIPTS = {
  jiujinJoinSpool: JOIN_SPOOL, jiujinFirstSpooled: FIRST_SPOOLED, jiujinLeaveSpool: LEAVE_SPOOL, jiujinForget: FORGET,
  jiujinCountDue: COUNT_DUE, jiujinTakeDue: TAKE_DUE, jiujinPostpone: POSTPONE,
};

/** Sealed records in one answer of Redis: what it hands out within a command's time-out, and what a process can hold. A larger one comes alone. */
const MOST_BYTES = 4 * 1024 * 1024;

/** What is overdue at one moment. */
export interface DueCount {
  /** The moment, by Redis's clock; a limit for {@link Journal.takeDue}. */
  readonly now: string;
  readonly due: number;
  /** How long the first of them has been overdue. */
  readonly lateMs: number;
}

export interface JournalOptions {
  readonly redis: Redis;
  readonly keys: JournalKeys;
  readonly patienceMs: number;
  readonly patienceCapMs: number;
  readonly metrics: EdgeMetrics;
}

/**
 * The ingress journal (受理日志) in Redis: every event answered 202, until the gateway says that it is in the ledger. So RabbitMQ is never the
 * only one that holds it. Written at the door ({@link DoorMemory}); everything else about it is here. Every method rejects while Redis is away.
 */
export class Journal {
  readonly #redis: Redis & JournalCommands;
  readonly #keys: JournalKeys;
  readonly #options: JournalOptions;

  constructor(options: JournalOptions) {
    for (const [name, lua] of Object.entries(SCRIPTS)) options.redis.defineCommand(name, { lua });
    this.#redis = options.redis as Redis & JournalCommands;
    this.#keys = options.keys;
    this.#options = options;
  }

  /** What has waited longest in the spool, in order: at most so many, and no more bytes than Redis can hand out in time. What was recorded meanwhile has no letter any more, only its place. */
  async firstSpooled(most: number): Promise<{ messageIds: string[]; letters: Letter[] }> {
    const { bodies, spooled } = this.#keys;
    const flat = await this.#redis.jiujinFirstSpooledBuffer(2, bodies, spooled, most, MOST_BYTES);
    const messageIds: string[] = [];
    const letters: Letter[] = [];
    for (let index = 0; index + 1 < flat.length; index += 2) {
      const [id, record] = flat.slice(index, index + 2) as [Buffer, Buffer | null];
      messageIds.push(id.toString());
      if (record !== null) letters.push(decodeLetter(id.toString(), record, 'spool'));
    }
    return { messageIds, letters };
  }

  /** How many messages wait in the spool. */
  spooledCount(): Promise<number> {
    return this.#redis.zcard(this.#keys.spooled);
  }

  /** The gateway has these in its ledger. */
  async forget(messageIds: readonly string[]): Promise<void> {
    if (messageIds.length === 0) return;
    const { bodies, due, arrived, tries, spooled, spooledBy, spooledCases } = this.#keys;
    const gone = await this.#redis.jiujinForget(7, bodies, due, arrived, tries, spooled, spooledBy, spooledCases, ...messageIds);
    this.#options.metrics.recorded.inc(gone);
  }

  /** From now on later events of the same cases queue up behind these. They are in the journal afterwards, whatever became of it since the door wrote them. */
  async joinSpool(letters: readonly Letter[]): Promise<void> {
    const { bodies, due, arrived, spooled, spooledBy, spooledCases } = this.#keys;
    const entries = letters.flatMap((letter) => [letter.messageId, letter.orderKey, encodeLetter(letter)]);
    await this.#redis.jiujinJoinSpool(6, bodies, due, arrived, spooled, spooledBy, spooledCases, this.#options.patienceMs, ...entries);
  }

  /** These are in RabbitMQ now. */
  async leaveSpool(messageIds: readonly string[]): Promise<void> {
    const { spooled, spooledBy, spooledCases } = this.#keys;
    await this.#redis.jiujinLeaveSpool(3, spooled, spooledBy, spooledCases, ...messageIds);
  }

  /** Takes or renews the right to publish again for `ttlMs`; `null` while another instance has it. */
  async countDue(token: string, ttlMs: number): Promise<DueCount | null> {
    const answer = await this.#redis.jiujinCountDue(2, this.#keys.lease, this.#keys.due, token, ttlMs);
    return answer === null ? null : { now: answer[0], due: answer[1], lateMs: answer[2] };
  }

  /** Overdue letters in the order in which they came. `looked` is how many entries were looked at, fewer than `most` when they are large; 0: there are no more. */
  async takeDue(now: string, most: number, spoolIsEmpty: boolean): Promise<{ looked: number; letters: Letter[] }> {
    const { bodies, due, arrived, spooled } = this.#keys;
    const [looked, ...flat] = await this.#redis.jiujinTakeDueBuffer(4, bodies, due, arrived, spooled, now, most, this.#options.patienceMs, spoolIsEmpty ? '1' : '0', MOST_BYTES);
    const taken: { at: number; letter: Letter }[] = [];
    for (let index = 0; index + 2 < flat.length; index += 3) {
      const [id, at, record] = flat.slice(index, index + 3) as [Buffer, Buffer, Buffer];
      taken.push({ at: Number(at.toString()), letter: decodeLetter(id.toString(), record, 'journal') });
    }
    return { looked, letters: taken.sort((a, b) => a.at - b.at).map(({ letter }) => letter) };
  }

  /** Looks at these again later: they were published once more. */
  async postpone(messageIds: readonly string[]): Promise<void> {
    if (messageIds.length === 0) return;
    const { patienceMs, patienceCapMs } = this.#options;
    await this.#redis.jiujinPostpone(2, this.#keys.due, this.#keys.tries, patienceMs, patienceCapMs, ...messageIds);
  }
}
