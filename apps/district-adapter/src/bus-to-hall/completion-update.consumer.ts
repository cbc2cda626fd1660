import { Controller, type Type } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { IncomingMessage, Settlement } from '#bus';
import { completionUpdatesQueue } from '#contracts';
import { DeliverOrders } from '#edge';

/** ⑥ Takes the completion updates (办件进度) of the served halls from their queues and delivers them to the platform. One queue per hall, one method for all. */
export function completionUpdateConsumerFor(hallCodes: readonly string[]): Type {
  @Controller()
  class CompletionUpdateConsumer {
    private readonly orders: DeliverOrders;

    constructor(orders: DeliverOrders) {
      this.orders = orders;
    }

    @EventPattern(hallCodes.map(completionUpdatesQueue))
    deliver(@Payload() batch: IncomingMessage[]): Promise<Settlement[]> {
      return this.orders.run(batch);
    }
  }
  return CompletionUpdateConsumer;
}
