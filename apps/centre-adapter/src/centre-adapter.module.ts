import { Module, type DynamicModule } from '@nestjs/common';
import { catalogue, EVENT_ROUTES, topologyFor } from '#contracts';
import { EdgeModule, parseEndpoints, parseKeyBook } from '#edge';
import type { Logger } from '#runtime';
import { WorkItemConsumer } from './bus-to-centre/work-item.consumer.ts';
import { requireCentre } from './centre/require-centre.ts';
import type { CentreAdapterConfig } from './centre-adapter.config.ts';
import { OutcomeController } from './centre-to-bus/outcome.controller.ts';

/** The fund centre's side of the bridge. */
@Module({})
export class CentreAdapterModule {
  static forRoot(config: CentreAdapterConfig, logger: Logger): DynamicModule {
    const keys = parseKeyBook(config.ingressKeys);
    const endpoints = parseEndpoints(config.endpoints);
    requireCentre(keys, endpoints);
    return {
      module: CentreAdapterModule,
      imports: [EdgeModule.forRoot({
        app: 'centre-adapter', config, logger, keys, endpoints, topology: topologyFor(catalogue().halls.map(({ code }) => code)), route: EVENT_ROUTES.outcome, to: 'hall',
      })],
      controllers: [OutcomeController, WorkItemConsumer],
    };
  }
}
