import type { Destination } from '#contracts';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Kysely } from 'kysely';
import { GatewayConfig } from '../gateway.config.ts';
import { countUnderWay } from '../ledger/due-transfers.ts';
import { loadHeld, loadShutDestinations } from '../ledger/edge-rows.ts';
import { reasonOf } from '../ledger/ledger-error.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { LOGGER } from '../logger.token.ts';
import { QueueFigures } from '../watch/queue-figures.ts';
import type { QueueFigure } from '../watch/queue-figures.ts';
import { judgeReorder } from './judge-reorder.ts';

/** A broker that takes orders but tells nothing of its queues for so long (ms) is not asked any longer: rather a copy than an order that stays lost. */
const BLIND_MS = 60_000;

/** Finds out how many overdue orders are missing, and how many only wait for their turn: by what the broker says of the queues. */
@Injectable()
export class MissingOrders {
  private readonly db: Kysely<LedgerTables>;
  private readonly queues: QueueFigures;
  private readonly config: GatewayConfig;
  private readonly logger: Logger;
  private blindSince: number | null = null;

  constructor(db: Kysely<LedgerTables>, queues: QueueFigures, config: GatewayConfig, @Inject(LOGGER) logger: Logger) {
    this.db = db;
    this.queues = queues;
    this.config = config;
    this.logger = logger;
  }

  /** How many orders to each destination are to go out again. What goes to an endpoint that is down waits for it, wherever it is. */
  async count(): Promise<Map<Destination, number>> {
    const lanes = await countUnderWay(this.db);
    if (lanes.length === 0) return new Map();
    const shut = new Set(await loadShutDestinations(this.db, this.config.programSilentMs));
    const open = lanes.filter(({ destination }) => !shut.has(destination));
    const figures = await this.look();
    if (figures === null) return new Map(this.isBlind() ? open.map(({ destination, overdue }) => [destination, overdue]) : []);
    const held = await loadHeld(this.db, this.config.programSilentMs);
    const stateOf = new Map(figures.map(({ destination, state }) => [destination, state]));
    return new Map(open.map((lane) => [
      lane.destination, judgeReorder({ ...lane, held: held.get(lane.destination) ?? 0, queue: stateOf.get(lane.destination) ?? null }),
    ]));
  }

  private async look(): Promise<QueueFigure[] | null> {
    try {
      const figures = await this.queues.look();
      this.blindSince = null;
      return figures;
    } catch (error) {
      this.blindSince ??= performance.now();
      this.logger.debug({ event: 'broker-not-asked', reason: reasonOf(error) }, 'RabbitMQ cannot be asked what waits in its queues');
      return null;
    }
  }

  private isBlind(): boolean {
    return this.blindSince !== null && performance.now() - this.blindSince >= BLIND_MS;
  }
}
