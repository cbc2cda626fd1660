import { BullModule } from '@nestjs/bullmq';
import { Global, Module } from '@nestjs/common';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { DedupeWindows } from './dedupe-windows.ts';
import { OPERATION_QUEUE, OperationJobs } from './operation-jobs.ts';
import { OperationProcessor } from './operation.processor.ts';
import { OperationsShutdown } from './operations-shutdown.ts';
import { RunOperation } from './run-operation.ts';

/** What carries bulk operations out. The ops API only notes what is wanted and wakes them. */
@Global()
@Module({
  imports: [BullModule.registerQueue({ name: OPERATION_QUEUE })],
  providers: [
    { provide: DedupeWindows, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => DedupeWindows.fromConfig(config) },
    PublishOrders, RunOperation, OperationJobs, OperationProcessor, OperationsShutdown,
  ],
  exports: [OperationJobs],
})
export class OperationsModule {}
