import { metricsRegistry } from '#runtime';
import { Gauge } from 'prom-client';
import type { QueueAnswer } from './queue.answer.ts';

const registers = [metricsRegistry];
const labelNames = ['queue', 'kind'];
const info = new Gauge({ name: 'jiujin_queue_info', help: 'Always 1: what a queue is for, in words, and which program takes from it', labelNames: [...labelNames, 'app', 'purpose'], registers });
const waiting = new Gauge({ name: 'jiujin_queue_waiting', help: 'What waits in a queue of any kind: RabbitMQ, BullMQ, spool, journal', labelNames, registers });
const delayed = new Gauge({ name: 'jiujin_queue_delayed', help: 'Jobs of a BullMQ queue whose time is still to come', labelNames, registers });
const oldest = new Gauge({ name: 'jiujin_queue_oldest_waiting_seconds', help: 'How long the oldest has waited, where it is known; 0 when nothing waits', labelNames, registers });
const present = new Gauge({ name: 'jiujin_queue_consumers_present', help: 'Who takes from a queue of any kind', labelNames, registers });
const expected = new Gauge({ name: 'jiujin_queue_consumers_expected', help: 'Who should take from it: the programs that run, but those that wait at an open circuit', labelNames, registers });
const came = new Gauge({ name: 'jiujin_queue_in_last_minute', help: 'What came into a queue in the last minute, where it is known', labelNames, registers });
const went = new Gauge({ name: 'jiujin_queue_out_last_minute', help: 'What went out of a queue in the last minute, where it is known', labelNames, registers });
const ALL = [info, waiting, delayed, oldest, present, expected, came, went];

/** Shows every queue as the API tells it; what is not known has no value rather than an old one. */
export function measureQueueAnswers(queues: readonly QueueAnswer[], now: number): void {
  for (const gauge of ALL) gauge.reset();
  for (const queue of queues) measure(queue, now);
}

function measure({ queue, kind, app, purpose, ready, delayed: later, oldestAt, consumersPresent, consumersExpected, inLastMinute, outLastMinute }: QueueAnswer, now: number): void {
  info.set({ queue, kind, app, purpose }, 1);
  expected.set({ queue, kind }, consumersExpected);
  const figures = [[waiting, ready], [delayed, later], [present, consumersPresent], [came, inLastMinute], [went, outLastMinute], [oldest, ageOf(oldestAt, ready, now)]] as const;
  for (const [gauge, value] of figures) if (value !== null) gauge.set({ queue, kind }, value);
}

/** In seconds; 0 for an empty queue, null for one of which nobody says how old its oldest is. */
function ageOf(oldestAt: string | null, ready: number | null, now: number): number | null {
  if (oldestAt !== null) return Math.max(0, (now - Date.parse(oldestAt)) / 1_000);
  return ready === 0 ? 0 : null;
}
