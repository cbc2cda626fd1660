import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Redis } from 'ioredis';
import { catalogue, EVENT_ROUTES, topologyFor } from '#contracts';
import { EdgeModule, parseEndpoints, parseKeyBook } from '#edge';
import type { Logger } from '#runtime';
import { completionUpdateConsumerFor } from './bus-to-hall/completion-update.consumer.ts';
import { Canaries, canaryHalls } from './canary/canaries.ts';
import type { DistrictAdapterConfig } from './district-adapter.config.ts';
import { IntakeController } from './hall-to-bus/intake.controller.ts';
import { endpointsOf, missingParts, servedHalls } from './halls/served-halls.ts';

/** The halls' side of the bridge. */
@Module({})
export class DistrictAdapterModule {
  static forRoot(config: DistrictAdapterConfig, logger: Logger): DynamicModule {
    const halls = servedHalls(config.hallCodes, catalogue());
    const keys = parseKeyBook(config.ingressKeys);
    const endpoints = endpointsOf(halls, parseEndpoints(config.endpoints));
    for (const missing of missingParts(halls, keys, endpoints)) logger.warn(missing);
    return {
      module: DistrictAdapterModule,
      imports: [EdgeModule.forRoot({
        app: 'district-adapter', config, logger, keys, endpoints, topology: topologyFor(halls), route: EVENT_ROUTES.intake, to: 'centre',
        canaryHalls: canaryHalls({ config, halls, keys }),
      })],
      controllers: [IntakeController, completionUpdateConsumerFor(halls)],
      providers: [{
        provide: Canaries,
        inject: [Redis, HttpAdapterHost],
        useFactory: (redis: Redis, http: HttpAdapterHost) => new Canaries({ config, halls, keys, redis, http, logger }),
      }],
    };
  }
}
