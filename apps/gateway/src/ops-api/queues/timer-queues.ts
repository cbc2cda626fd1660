import { getQueueToken } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Queue } from 'bullmq';
import { PatientCall } from '../../dispatch/patient-call.ts';
import { RETRY_QUEUE } from '../../dispatch/retry-timers.ts';
import { OPERATION_QUEUE } from '../../operations/operation-jobs.ts';

const ANSWER_MS = 2_000;

/** The BullMQ queues of the gateway, in the operator's words. */
export const TIMER_QUEUES = [
  { name: RETRY_QUEUE, purpose: '重试定时器：失败的投递等下一次的时间（台账里也有，丢了会重建）' },
  { name: OPERATION_QUEUE, purpose: '批量操作的下一步（台账里也有，丢了会重建）' },
] as const;

/** What Redis says of one BullMQ queue. */
export interface TimerFigure {
  readonly name: string;
  /** Jobs whose time has come and that nobody has taken. */
  readonly waiting: number;
  /** Jobs whose time is still to come. */
  readonly delayed: number;
  readonly active: number;
  readonly workers: number;
  /** When the oldest job whose time has come was put in; null when there is none. */
  readonly oldestAt: Date | null;
}

/** Asks Redis about the gateway's own queues. They hold nothing that the ledger does not. */
@Injectable()
export class TimerQueues {
  private readonly call = new PatientCall(ANSWER_MS);

  constructor(@Inject(ModuleRef) private readonly modules: ModuleRef) {}

  /** The figures of one queue; null while Redis does not answer, or where the queue is not set up. */
  async look(name: string): Promise<TimerFigure | null> {
    const queue = this.find(name);
    if (queue === null) return null;
    return this.call.run(() => figureOf(name, queue)).catch(() => null);
  }

  private find(name: string): Queue | null {
    try {
      return this.modules.get<Queue>(getQueueToken(name), { strict: false });
    } catch {
      return null;
    }
  }
}

async function figureOf(name: string, queue: Queue): Promise<TimerFigure> {
  const [counts, workers, [oldest]] = await Promise.all([queue.getJobCounts('waiting', 'delayed', 'active'), queue.getWorkersCount(), queue.getWaiting(0, 0)]);
  return {
    name, waiting: counts['waiting'] ?? 0, delayed: counts['delayed'] ?? 0, active: counts['active'] ?? 0, workers,
    oldestAt: oldest === undefined ? null : new Date(oldest.timestamp + oldest.delay),
  };
}
