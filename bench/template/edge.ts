import 'reflect-metadata';
import { BullModule, InjectQueue, Processor, WorkerHost } from '@nestjs/bullmq';
import { Body, Controller, Get, HttpCode, Inject, Module, ParseArrayPipe, Post, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxy, ClientsModule, Ctx, EventPattern, Payload, RmqContext, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Queue, type Job } from 'bullmq';
import { firstValueFrom } from 'rxjs';
import { EventDto } from './event.dto.ts';

/** One side as the framework's documentation would have it: a validated controller that emits, and a consumer that adds a job for each delivery. */
const { RABBITMQ_URL = '', REDIS_URL = '', REDIS_PREFIX = 'template', PORT = '0', SIDE = 'hall', TARGET_URL = '' } = process.env;
const [inbound, outbound] = SIDE === 'hall' ? ['template.intake', 'template.updates'] : ['template.outcomes', 'template.work-items'];
const QUORUM = { durable: true, arguments: { 'x-queue-type': 'quorum' } };

function acknowledge(context: RmqContext): void {
  (context.getChannelRef() as { ack(message: unknown): void }).ack(context.getMessage());
}

@Controller()
class EdgeController {
  constructor(@Inject('BUS') private readonly bus: ClientProxy, @InjectQueue('deliveries') private readonly deliveries: Queue) {}

  @Get('health/ready')
  ready(): { status: string } {
    return { status: 'up' };
  }

  @Post('events')
  @HttpCode(202)
  async one(@Body() event: EventDto): Promise<{ id: string; status: string }> {
    await firstValueFrom(this.bus.emit('event', event), { defaultValue: undefined });
    return { id: event.id, status: 'accepted' };
  }

  @Post('batches')
  @HttpCode(202)
  async many(@Body(new ParseArrayPipe({ items: EventDto })) events: EventDto[]): Promise<{ status: string }> {
    await Promise.all(events.map((event) => firstValueFrom(this.bus.emit('event', event), { defaultValue: undefined })));
    return { status: 'accepted' };
  }

  @EventPattern('order')
  async order(@Payload() event: EventDto, @Ctx() context: unknown): Promise<void> {
    await this.deliveries.add('deliver', event, { attempts: 5, backoff: { type: 'exponential', delay: 1000 }, removeOnComplete: true });
    acknowledge(context as RmqContext);
  }
}

@Processor('deliveries', { concurrency: 32 })
class DeliveryProcessor extends WorkerHost {
  override async process(job: Job<EventDto>): Promise<void> {
    const answer = await fetch(`${TARGET_URL}/${SIDE === 'hall' ? 'updates' : 'work-items'}`, {
      method: 'POST', headers: { 'content-type': 'application/json', 'idempotency-key': job.data.id }, body: JSON.stringify(job.data),
    });
    await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  }
}

@Module({
  imports: [
    ClientsModule.register([{ name: 'BUS', transport: Transport.RMQ, options: { urls: [RABBITMQ_URL], queue: inbound, queueOptions: QUORUM, persistent: true } }]),
    BullModule.forRoot({ connection: { url: REDIS_URL }, prefix: REDIS_PREFIX }),
    BullModule.registerQueue({ name: 'deliveries' }),
  ],
  controllers: [EdgeController],
  providers: [DeliveryProcessor],
})
class EdgeModule {}

const app = await NestFactory.create<NestFastifyApplication>(EdgeModule, new FastifyAdapter({ bodyLimit: 8 << 20 }), { logger: ['error', 'warn'] });
app.useGlobalPipes(new ValidationPipe({ transform: true }));
app.connectMicroservice<MicroserviceOptions>({
  transport: Transport.RMQ, options: { urls: [RABBITMQ_URL], queue: outbound, queueOptions: QUORUM, noAck: false, prefetchCount: 64 },
});
await app.startAllMicroservices();
await app.listen(Number(PORT), '127.0.0.1');
