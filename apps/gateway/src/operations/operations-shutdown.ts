import { InjectQueue } from '@nestjs/bullmq';
import { Inject, Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { cutWhenAway } from '../dispatch/timers-shutdown.ts';
import { OPERATION_QUEUE } from './operation-jobs.ts';
import type { OperationJob } from './operation-jobs.ts';
import { OperationProcessor } from './operation.processor.ts';

/** As for the timers: while Redis is away its connections are cut at the end of the program, for the ledger knows where every operation stands. */
@Injectable()
export class OperationsShutdown implements BeforeApplicationShutdown {
  constructor(
    @InjectQueue(OPERATION_QUEUE) private readonly queue: Queue<OperationJob>,
    @Inject(OperationProcessor) private readonly processor: OperationProcessor,
    @Inject(Redis) private readonly redis: Redis,
  ) {}

  beforeApplicationShutdown(): Promise<void> {
    return cutWhenAway(this.redis, this.processor, this.queue);
  }
}
