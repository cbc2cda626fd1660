import 'reflect-metadata';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, ClientsModule, Ctx, EventPattern, Payload, RmqContext, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { firstValueFrom } from 'rxjs';
import type { EventDto } from './event.dto.ts';

/** The middle as the framework's documentation would have it: each event becomes an order for the other side; acknowledged by hand. */
const { RABBITMQ_URL = '', PORT = '0' } = process.env;
const QUORUM = { durable: true, arguments: { 'x-queue-type': 'quorum' } };
const client = (name: string, queue: string) => ({ name, transport: Transport.RMQ as const, options: { urls: [RABBITMQ_URL], queue, queueOptions: QUORUM, persistent: true } });

function acknowledge(context: RmqContext): void {
  (context.getChannelRef() as { ack(message: unknown): void }).ack(context.getMessage());
}

@Controller()
class HubController {
  constructor(@Inject('CENTRE') private readonly centre: ClientProxy, @Inject('HALL') private readonly hall: ClientProxy) {}

  @EventPattern('event')
  async event(@Payload() event: EventDto, @Ctx() context: unknown): Promise<void> {
    const to = event.source === '/centre' ? this.hall : this.centre;
    await firstValueFrom(to.emit('order', event), { defaultValue: undefined });
    acknowledge(context as RmqContext);
  }

  @Get('health/ready')
  ready(): { status: string } {
    return { status: 'up' };
  }
}

@Module({ imports: [ClientsModule.register([client('CENTRE', 'template.work-items'), client('HALL', 'template.updates')])], controllers: [HubController] })
class HubModule {}

const app = await NestFactory.create<NestFastifyApplication>(HubModule, new FastifyAdapter(), { logger: ['error', 'warn'] });
for (const queue of ['template.intake', 'template.outcomes']) {
  app.connectMicroservice<MicroserviceOptions>({ transport: Transport.RMQ, options: { urls: [RABBITMQ_URL], queue, queueOptions: QUORUM, noAck: false, prefetchCount: 400 } });
}
await app.startAllMicroservices();
await app.listen(Number(PORT), '127.0.0.1');
