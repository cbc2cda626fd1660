import { BusUnavailableError } from '#bus';
import { Get, Inject } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { loadCircuits, loadInstances } from '../../ledger/edge-rows.ts';
import type { CircuitRow, EdgeInstanceRow } from '../../ledger/edge-rows.ts';
import { expectedConsumers, livingAfter } from '../../watch/living-programs.ts';
import { QueueFigures } from '../../watch/queue-figures.ts';
import type { DeclaredQueue, QueueFigure } from '../../watch/queue-figures.ts';
import { beijingTime } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { QueueList } from './queue.answer.ts';
import type { QueueAnswer } from './queue.answer.ts';

/** Where messages wait and who takes them, as the broker says. */
@OpsResource('api/queues', '队列')
export class QueuesController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(QueueFigures) private readonly queues: QueueFigures,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
  ) {}

  @Get()
  @OpsAnswer('listQueues', '每个队列的用途、堆积、应有和实有的消费者（RabbitMQ 此刻的说法）', QueueList)
  async list(): Promise<QueueList> {
    const figures = await this.queues.lookShared().catch(unlessBrokerAway);
    const { programs, circuits } = await this.ledger.read(async (trx) => ({ programs: await loadInstances(trx), circuits: await loadCircuits(trx) }));
    const now = new Date();
    const living = livingAfter(programs, new Date(now.getTime() - this.config.programSilentMs));
    return {
      asOf: beijingTime(now), brokerReachable: figures !== null,
      items: (figures ?? this.queues.declared).map((queue) => show(queue, living, circuits)),
    };
  }
}

function show(queue: DeclaredQueue | QueueFigure, living: readonly EdgeInstanceRow[], circuits: readonly CircuitRow[]): QueueAnswer {
  const { spec: { name, purpose, consumer }, destination } = queue;
  const asked = 'state' in queue ? queue : null;
  return {
    queue: name, purpose, app: consumer, destination,
    exists: asked === null ? null : asked.state !== null,
    ready: asked?.state?.messages ?? null, consumersPresent: asked?.state?.consumers ?? null,
    consumersExpected: expectedConsumers({ consumer, destination }, living, circuits),
  };
}

function unlessBrokerAway(error: unknown): null {
  if (error instanceof BusUnavailableError) return null;
  throw error;
}
