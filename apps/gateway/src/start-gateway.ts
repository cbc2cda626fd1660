import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BusServer } from '#bus';
import { useCatalogue } from '#contracts';
import { KeyRing, loadCatalogueFrom, loadConfig, NestLogger, RedisNotDurableError, requireDurableRedis } from '#runtime';
import type { Logger, RunningApp } from '#runtime';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Redis } from 'ioredis';
import type { Kysely } from 'kysely';
import { makeFirstAccount } from './access/first-account.ts';
import { RetrySchedules } from './dispatch/retry-schedules.ts';
import { GatewayConfig } from './gateway.config.ts';
import { GatewayModule } from './gateway.module.ts';
import type { GatewayResources } from './gateway.module.ts';
import { reasonOf } from './ledger/ledger-error.ts';
import { openLedger } from './ledger/open-ledger.ts';
import type { LedgerTables } from './ledger/tables.ts';
import { updateLedger } from './ledger/update-ledger.ts';
import { createHttpAdapter } from './ops-api/http-adapter.ts';
import { serveOpsApi } from './ops-api/serve-ops-api.ts';

const LEDGER_CLOSE_MS = 500;

/** Starts the gateway: the ledger is brought up to date, HTTP listens, then the queues are consumed. Throws what kept it from starting. */
export async function startGateway(env: Readonly<Record<string, string | undefined>>, logger: Logger): Promise<RunningApp> {
  const config = loadConfig(GatewayConfig, env);
  const schedules = RetrySchedules.fromConfig(config);
  if (config.catalogueDir !== undefined) useCatalogue(await loadCatalogueFrom(config.catalogueDir));
  const resources = await openResources(config, schedules, logger);
  // The hash of a first password takes a while, on another thread.
  const [app] = await Promise.all([createApp(resources), makeFirstAccount(resources.db, logger)]);
  serveOpsApi(app);
  app.connectMicroservice({ strategy: app.get(BusServer) });
  // A port in use must stop the start before the first message is taken.
  await app.listen(config.port, config.host);
  await app.startAllMicroservices();
  return { port: (app.getHttpServer().address() as AddressInfo).port, close: () => close(app, resources), hopeless: app.get(BusServer).hopeless };
}

function createApp(resources: GatewayResources): Promise<NestFastifyApplication> {
  const { config, logger } = resources;
  return NestFactory.create<NestFastifyApplication>(GatewayModule.forRoot(resources), createHttpAdapter(config), { abortOnError: false, logger: new NestLogger(logger) });
}

/** Opens what the gateway stands on, in the order in which a failure is worth reading; the ledger is brought up to date here. */
async function openResources(config: GatewayConfig, schedules: RetrySchedules, logger: Logger): Promise<GatewayResources> {
  const keys = KeyRing.fromJson(config.ledgerKeys);
  const pool = (poolSize: number): Kysely<LedgerTables> => openLedger({
    url: config.databaseUrl, poolSize, statementTimeoutMs: config.databaseStatementTimeoutMs,
    onConnectionLost: (error) => logger.warn({ event: 'ledger-connection-lost', reason: reasonOf(error) }, 'PostgreSQL closed an idle connection'),
  });
  const migrations = await updateLedger(config.databaseUrl, logger);
  if (migrations.length > 0) logger.info({ event: 'ledger-migrated', migrations }, 'ledger brought up to date');
  const db = pool(config.databasePoolSize);
  return { config, schedules, logger, db, opsDb: pool(config.opsPoolSize), keys, redis: await openRedis(config, logger) };
}

/** The connection that health checks ask; timers have connections of their own. */
async function openRedis(config: GatewayConfig, logger: Logger): Promise<Redis> {
  const redis = new Redis(config.redisUrl, { lazyConnect: true, maxRetriesPerRequest: 1, enableOfflineQueue: false, connectionName: 'jiujin-gateway' });
  let cause: Error | undefined;
  redis.on('error', (error: Error) => { cause = error; logger.debug({ event: 'redis-error', reason: reasonOf(error) }, 'Redis'); });
  try {
    await redis.connect();
    await requireDurableRedis(redis, logger);
  } catch (error) {
    redis.disconnect();
    // The client says only that it closed; why is in the error it emitted before.
    throw error instanceof RedisNotDurableError ? error : cause ?? error;
  }
  return redis;
}

async function close(app: NestFastifyApplication, { db, opsDb, redis }: GatewayResources): Promise<void> {
  await app.close();
  redis.disconnect();
  // A PostgreSQL that is stuck would be asked for ever; the process ends, and its connections with it.
  await Promise.race([Promise.all([db.destroy(), opsDb.destroy()]), sleep(LEDGER_CLOSE_MS, undefined, { ref: false })]);
}
