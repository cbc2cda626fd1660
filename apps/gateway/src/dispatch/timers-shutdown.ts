import { InjectQueue } from '@nestjs/bullmq';
import type { WorkerHost } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { PatientCall } from './patient-call.ts';
import { RetryProcessor } from './retry.processor.ts';
import { RETRY_QUEUE } from './retry-timers.ts';
import type { RetryJob } from './retry-timers.ts';

const LOOK_MS = 1_000;

/**
 * While Redis is away BullMQ would wait for it before it closes, and the supervisor's patience would end first. So the connections are
 * cut then: the ledger has every attempt that the timers have.
 */
@Injectable()
export class TimersShutdown implements BeforeApplicationShutdown {
  private readonly queue: Queue<RetryJob>;
  private readonly processor: RetryProcessor;
  private readonly redis: Redis;

  constructor(@InjectQueue(RETRY_QUEUE) queue: Queue<RetryJob>, processor: RetryProcessor, redis: Redis) {
    this.queue = queue;
    this.processor = processor;
    this.redis = redis;
  }

  beforeApplicationShutdown(): Promise<void> {
    return cutWhenAway(this.redis, this.processor, this.queue);
  }
}

/** Cuts the connections of a queue and its worker unless Redis answers. */
export async function cutWhenAway(redis: Redis, { worker }: Pick<WorkerHost, 'worker'>, queue: Pick<Queue, 'backend'>): Promise<void> {
  const answers = await new PatientCall(LOOK_MS).run(() => redis.ping()).then(() => true, () => false);
  if (!answers) await Promise.allSettled([worker.close(true), queue.backend.close(true)]);
}
