import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { IncomingMessage, Settlement } from '#bus';
import { QUEUES } from '#contracts';
import { DeliverOrders } from '#edge';

/** ③ Takes work items (工单) from the bus and delivers them to the centre. */
@Controller()
export class WorkItemConsumer {
  private readonly orders: DeliverOrders;

  constructor(orders: DeliverOrders) {
    this.orders = orders;
  }

  @EventPattern(QUEUES.workItems)
  deliver(@Payload() batch: IncomingMessage[]): Promise<Settlement[]> {
    return this.orders.run(batch);
  }
}
