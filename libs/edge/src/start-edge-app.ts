import type { AddressInfo } from 'node:net';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { BusServer } from '#bus';
import { NestLogger, type Logger, type RunningApp } from '#runtime';
import { createDoorAdapter } from './door-http.ts';
import { DoorRedis } from './door-redis.ts';
import type { EdgeConfig } from './edge.config.ts';
import { ProblemFilter } from './problem.filter.ts';

/**
 * Starts an adapter: the HTTP door first (a port in use stops the start before a message is taken), then the queues. Neither server must be there:
 * the door says 503 until Redis is, and takes events into the spool until RabbitMQ is.
 */
export async function startEdgeApp(module: DynamicModule, config: EdgeConfig & { readonly port: number }, logger: Logger): Promise<RunningApp> {
  const app = await NestFactory.create<NestFastifyApplication>(module, createDoorAdapter(config), {
    bodyParser: false, abortOnError: false, logger: new NestLogger(logger),
  });
  try {
    app.useGlobalFilters(app.get(ProblemFilter));
    app.connectMicroservice({ strategy: app.get(BusServer) });
    await app.listen(config.port, config.host);
    await app.startAllMicroservices();
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
  return {
    port: (app.getHttpServer().address() as AddressInfo).port,
    close: () => app.close(),
    hopeless: Promise.race([app.get(BusServer).hopeless, app.get(DoorRedis).hopeless]),
  };
}
