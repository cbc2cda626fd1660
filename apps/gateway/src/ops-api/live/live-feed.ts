import type { Readable } from 'node:stream';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import type { OnModuleDestroy } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { reasonOf } from '../../ledger/ledger-error.ts';
import { LOGGER } from '../../logger.token.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { LiveConnection } from './live-connection.ts';
import { eventsBetween, frameOf, HEARTBEAT_FRAME } from './live-event.ts';
import type { LiveState } from './live-event.ts';
import { ReadLiveState } from './read-live-state.ts';

/** Proxies between here and a browser cut connections on which nothing moves for half a minute. */
export const HEARTBEAT_MS = 15_000;

/** Somebody who watches. */
interface Watcher {
  readonly connection: LiveConnection;
  /** Rejects when the watcher may not watch any longer. */
  readonly recheck: () => Promise<unknown>;
}

/** Tells all live views what is new. One look at the ledger and the broker serves all of them, and nobody looks while nobody watches. */
@Injectable()
export class LiveFeed implements OnModuleDestroy {
  private readonly watchers = new Set<Watcher>();
  private readonly boot = randomUUID().slice(0, 8);
  private count = 0;
  private state: LiveState | null = null;
  private stop: AbortController | null = null;
  private closed = false;

  constructor(
    @Inject(ReadLiveState) private readonly look: ReadLiveState,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** How many watch. */
  get open(): number {
    return this.watchers.size;
  }

  /** A new live view: first how things are, then what changes. @throws OpsProblem `live-full` */
  watch(recheck: () => Promise<unknown>): Readable {
    if (this.closed || this.watchers.size >= this.config.liveConnections) throw full(this.config.liveConnections);
    const watcher: Watcher = { recheck, connection: new LiveConnection(() => this.leave(watcher)) };
    this.watchers.add(watcher);
    // The first bytes let the answer begin; `retry` is when a browser comes back after a break (ms).
    watcher.connection.tell('retry: 3000\n\n');
    if (this.state !== null) for (const event of eventsBetween(null, this.state)) watcher.connection.tell(frameOf(this.nextId(), event));
    if (this.stop === null) this.begin();
    return watcher.connection.stream;
  }

  onModuleDestroy(): void {
    this.closed = true;
    for (const { connection } of this.watchers) connection.end();
    this.watchers.clear();
    this.halt();
  }

  private leave(watcher: Watcher): void {
    this.watchers.delete(watcher);
    if (this.watchers.size === 0) this.halt();
  }

  private begin(): void {
    const stop = new AbortController();
    this.stop = stop;
    void repeat(this.config.liveIntervalMs, stop.signal, () => this.lookOnce(stop.signal));
    void repeat(HEARTBEAT_MS, stop.signal, async () => this.tellAll(HEARTBEAT_FRAME));
    void repeat(this.config.liveRecheckMs, stop.signal, () => this.recheckAll());
  }

  /** What was last seen is forgotten: it would be old for whoever comes next. */
  private halt(): void {
    this.stop?.abort();
    this.stop = null;
    this.state = null;
  }

  /** A look that fails is told by the next one that does not: until then `asOf` stands still. */
  private async lookOnce(signal: AbortSignal): Promise<void> {
    try {
      const before = this.state;
      const now = await this.look.run(before);
      if (signal.aborted) return;
      this.state = now;
      for (const event of eventsBetween(before, now)) this.tellAll(frameOf(this.nextId(), event));
    } catch (error) {
      this.logger.warn({ event: 'live-look-failed', reason: reasonOf(error) }, 'live views were told nothing');
    }
  }

  /** Whoever was let in a while ago may have lost the right since. A ledger that does not answer takes it from nobody. */
  private async recheckAll(): Promise<void> {
    for (const { connection, recheck } of [...this.watchers]) {
      await recheck().catch((error: unknown) => {
        if (error instanceof OpsProblem && error.status < 500) connection.end();
      });
    }
  }

  private tellAll(frame: string): void {
    for (const { connection } of [...this.watchers]) connection.tell(frame);
  }

  private nextId(): string {
    this.count += 1;
    return `${this.boot}-${this.count}`;
  }
}

async function repeat(ms: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await act();
    await sleep(ms, undefined, { signal }).catch(() => undefined);
  }
}

function full(most: number): OpsProblem {
  return new OpsProblem('live-full', {
    detail: `${most} live views are open (LIVE_CONNECTIONS); close one, or ask again later.`,
    detailZh: `已打开 ${most} 个实时视图（LIVE_CONNECTIONS）；请关掉不看的，或稍后再试。`,
  });
}
