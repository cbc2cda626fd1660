import { metricsRegistry } from '#runtime';
import type { Logger } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { PatientCall } from '../../dispatch/patient-call.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { loadInstances } from '../../ledger/edge-rows.ts';
import type { EdgeInstanceRow } from '../../ledger/edge-rows.ts';
import { reasonOf } from '../../ledger/ledger-error.ts';
import { loadPruneLag } from '../../ledger/prune-lag.ts';
import { LOGGER } from '../../logger.token.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { measureQueueAnswers } from './queue.metrics.ts';
import { ReadQueues } from './read-queues.ts';

/** A scrape has ten seconds; what is slower than this has no values in it. */
const ANSWER_MS = 4_000;
const keysEnd = new Gauge({ name: 'jiujin_signing_keys_end_seconds', help: 'Seconds until the last signing key of a party ends, as living adapters report; no value for keys without an end', labelNames: ['party'], registers: [metricsRegistry] });
const pruneLag = new Gauge({ name: 'jiujin_prune_lag_seconds', help: 'How far the oldest row of a table is past the time at which it should have been removed', labelNames: ['table'], registers: [metricsRegistry] });

/** Brings those metrics up to date that are read from the ledger, Redis and the broker when they are asked for: nothing is lost with the process, and nothing is measured that nobody reads. */
@Injectable()
export class MeasureForScrape {
  private readonly queuesCall = new PatientCall(ANSWER_MS);
  private readonly pruneCall = new PatientCall(ANSWER_MS);
  private readonly keysCall = new PatientCall(ANSWER_MS);

  constructor(
    @Inject(ReadQueues) private readonly queues: ReadQueues,
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Never rejects: a scrape without these says more than none. */
  async run(): Promise<void> {
    await Promise.all([this.measureQueues(), this.measurePruning(), this.measureKeys()]);
  }

  private async measureQueues(): Promise<void> {
    const list = await this.queuesCall.run(() => this.queues.run()).catch((error: unknown) => this.untold('queues', error));
    measureQueueAnswers(list?.items ?? [], Date.now());
  }

  private async measurePruning(): Promise<void> {
    const lags = await this.pruneCall.run(() => this.ledger.read((trx) => loadPruneLag(trx))).catch((error: unknown) => this.untold('pruning', error));
    pruneLag.reset();
    for (const { table, seconds } of lags ?? []) pruneLag.set({ table }, seconds);
  }

  private async measureKeys(): Promise<void> {
    const since = new Date(Date.now() - this.config.programSilentMs);
    const programs = await this.keysCall.run(() => this.ledger.read((trx) => loadInstances(trx))).catch((error: unknown) => this.untold('keys', error));
    keysEnd.reset();
    for (const [party, end] of lastKeys(livingAfter(programs ?? [], since))) if (Number.isFinite(end)) keysEnd.set({ party }, (end - Date.now()) / 1_000);
  }

  private untold(what: string, error: unknown): null {
    this.logger.debug({ event: 'not-measured', what, reason: reasonOf(error) }, 'a scrape goes without some figures');
    return null;
  }
}

/** When the last key of each party ends (ms since 1970). */
function lastKeys(living: readonly EdgeInstanceRow[]): Map<string, number> {
  const keys = living.flatMap(({ signing_keys: said }) => said ?? []);
  return new Map([...Map.groupBy(keys, ({ party }) => party)].map(([party, theirs]) => [party, Math.max(...theirs.map(({ notAfter }) => (notAfter === null ? Infinity : Date.parse(notAfter))))]));
}
