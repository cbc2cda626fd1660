import { Counter, Gauge, Histogram } from 'prom-client';
import { metricsRegistry } from '#runtime';
import { BusRejectedError, BusUnavailableError, UnroutableError } from './bus-errors.ts';
import type { SettleAction } from './settle.ts';

const registers = [metricsRegistry];

const published = new Counter({
  name: 'jiujin_bus_published_total', help: 'Messages published, by what the broker answered', labelNames: ['exchange', 'outcome'] as const, registers,
});
const confirmSeconds = new Histogram({
  name: 'jiujin_bus_confirm_seconds', help: 'From the call to the confirm, waiting in line included', registers,
  buckets: [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
});
const settled = new Counter({
  name: 'jiujin_bus_settled_total', help: 'Messages consumed, by what became of them', labelNames: ['queue', 'action'] as const, registers,
});
const batchMessages = new Histogram({
  name: 'jiujin_bus_batch_messages', help: 'Messages in a batch handed to a handler', labelNames: ['queue'] as const, registers,
  buckets: [1, 2, 5, 10, 25, 50, 100, 200, 500],
});

const silent = new Gauge({
  name: 'jiujin_bus_queue_silent', help: 'Whether RabbitMQ leaves this queue unanswered: what is published to it unconfirmed, or not handing it over',
  labelNames: ['queue', 'side'] as const, registers,
});

/** Notes whether a queue answers this program, as it publishes to it or consumes it. */
export function noteSilence(queue: string, side: 'publishing' | 'consuming', isSilent: boolean): void {
  silent.set({ queue, side }, Number(isSilent));
}

/** Counts one publish and how long its confirm took. */
export function countConfirmed(exchange: string, milliseconds: number): void {
  published.inc({ exchange, outcome: 'confirmed' });
  confirmSeconds.observe(milliseconds / 1_000);
}

/** Counts one publish that was not confirmed, by why. */
export function countUnpublished(exchange: string, error: unknown): void {
  published.inc({ exchange, outcome: outcomeOf(error) });
}

export function countBatch(queue: string, messages: number): void {
  batchMessages.observe({ queue }, messages);
}

export function countSettled(queue: string, action: SettleAction['kind'], messages = 1): void {
  settled.inc({ queue, action }, messages);
}

function outcomeOf(error: unknown): string {
  if (error instanceof BusUnavailableError) return error.code;
  if (error instanceof BusRejectedError) return 'rejected';
  return error instanceof UnroutableError ? 'unroutable' : 'error';
}
