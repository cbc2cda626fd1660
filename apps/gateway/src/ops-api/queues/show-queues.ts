import { APPS, deadLetterQueue, QUEUES } from '#contracts';
import type { AppName, Destination } from '#contracts';
import type { CircuitRow, EdgeInstanceRow } from '../../ledger/edge-rows.ts';
import type { DestinationWork, LettersOfApp, OldestUnderWay, QueueWork } from '../../ledger/queue-work-rows.ts';
import { expectedConsumers } from '../../watch/living-programs.ts';
import type { DeclaredQueue, QueueFigure } from '../../watch/queue-figures.ts';
import { beijingTimeOrNull } from '../beijing-time.ts';
import type { QueueAnswer } from './queue.answer.ts';

/** What is known beside the broker's own word. */
export interface QueueFacts {
  readonly living: readonly EdgeInstanceRow[];
  readonly circuits: readonly CircuitRow[];
  readonly work: QueueWork;
  readonly attempts: readonly DestinationWork[];
  readonly oldest: readonly OldestUnderWay[];
  readonly letters: readonly LettersOfApp[];
  /** How much longer each queue grows in a minute, where two looks tell. */
  readonly growth: ReadonlyMap<string, number>;
}

/** A queue of RabbitMQ; while the broker cannot be asked, what is known all the same. */
export function showQueue(queue: DeclaredQueue | QueueFigure, facts: QueueFacts): QueueAnswer {
  const { spec: { name, purpose, consumer, deadLetterKey }, destination } = queue;
  const said = showSaid(queue);
  return {
    queue: name, kind: 'rabbitmq', deadLetters: deadLetterKey === null, purpose, app: consumer, destination, ...said,
    consumersExpected: expectedConsumers({ consumer, destination }, facts.living, facts.circuits), delayed: null,
    ...showOldest(name, destination, facts), ...showRates(queue, said.ready, facts), growthPerMinute: facts.growth.get(name) ?? null,
  };
}

/** The broker's own word. */
function showSaid(queue: DeclaredQueue | QueueFigure): Pick<QueueAnswer, 'exists' | 'ready' | 'consumersPresent'> {
  if (!('state' in queue)) return { exists: null, ready: null, consumersPresent: null };
  const { state } = queue;
  return { exists: state !== null, ready: state?.messages ?? null, consumersPresent: state?.consumers ?? null };
}

function showOldest(name: string, destination: Destination | null, { oldest, living }: QueueFacts): Pick<QueueAnswer, 'oldestAt' | 'oldestFrom'> {
  if (destination !== null) {
    const at = oldest.find((one) => one.destination === destination)?.oldest_at ?? null;
    return { oldestAt: beijingTimeOrNull(at), oldestFrom: at === null ? null : 'ledger' };
  }
  const sender = SENDERS[name];
  const at = sender === undefined ? null : earliest(living.filter(({ app }) => app === sender).map((program) => program.journal_oldest_at));
  return { oldestAt: beijingTimeOrNull(at), oldestFrom: at === null ? null : 'adapter' };
}

/** Whose journal holds what waits in a queue of events. */
const SENDERS: Readonly<Record<string, AppName | undefined>> = { [QUEUES.intake]: 'district-adapter', [QUEUES.outcomes]: 'centre-adapter' };

/** In is what went out and what the queue has grown by. In a queue of bundles a message is many events: there it is known only of an empty one. */
function showRates({ spec, destination }: DeclaredQueue, ready: number | null, facts: QueueFacts): Pick<QueueAnswer, 'inLastMinute' | 'outLastMinute' | 'ratesFrom'> {
  const out = outOf(spec.name, destination, facts);
  if (out === null) return { inLastMinute: null, outLastMinute: null, ratesFrom: null };
  const growth = facts.growth.get(spec.name);
  const tells = growth !== undefined && (!spec.bundled || (ready === 0 && growth === 0));
  return { inLastMinute: tells ? Math.max(0, out + growth) : null, outLastMinute: out, ratesFrom: tells ? 'ledger-and-looks' : 'ledger' };
}

function outOf(name: string, destination: Destination | null, { work, attempts, letters }: QueueFacts): number | null {
  if (destination !== null) return attempts.find((one) => one.destination === destination)?.attempts ?? 0;
  const app = APPS.find((one) => deadLetterQueue(one) === name);
  if (app !== undefined) return letters.find((one) => one.app === app)?.count ?? 0;
  const counts: Readonly<Record<string, number>> = {
    [QUEUES.intake]: work.intake, [QUEUES.outcomes]: work.outcomes, [QUEUES.receipts]: work.receipts, [QUEUES.doorRefusals]: work.door_refusals,
  };
  return counts[name] ?? null;
}

/** The earliest of these moments; null when there is none. */
export function earliest(moments: readonly (Date | null)[]): Date | null {
  return moments.flatMap((moment) => moment ?? []).toSorted((one, other) => one.getTime() - other.getTime())[0] ?? null;
}
