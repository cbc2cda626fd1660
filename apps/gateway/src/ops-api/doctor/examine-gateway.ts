import { stat } from 'node:fs/promises';
import { BusPublisher } from '#bus';
import { isLoopback, KeyRing, redisDurability } from '#runtime';
import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Redis } from 'ioredis';
import { PatientCall } from '../../dispatch/patient-call.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { loadInstances } from '../../ledger/edge-rows.ts';
import type { EdgeInstanceRow } from '../../ledger/edge-rows.ts';
import { loadDatabaseFacts } from '../../ledger/server-facts.ts';
import type { DatabaseFacts } from '../../ledger/server-facts.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import { beijingTime } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { partyZh } from '../words.ts';
import { askBrokerNodes } from './ask-broker.ts';
import type { BrokerFactsAnswer, ConcernAnswer, DatabaseFactsAnswer, DiskAnswer, DoctorAnswer, LedgerKeysAnswer, RedisFactsAnswer, SigningKeyAnswer } from './doctor.answer.ts';
import { judgeSettings } from './judge-settings.ts';
import { readDisk } from './read-disks.ts';
import { showSettings } from './show-settings.ts';

const REDIS_MS = 2_000;

/** Gathers what this gateway knows of itself and of its servers; each question is bounded, and a server that does not answer is a fact itself. */
@Injectable()
export class ExamineGateway {
  private readonly call = new PatientCall(REDIS_MS);

  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(KeyRing) private readonly keys: KeyRing,
    @Inject(BusPublisher) private readonly publisher: BusPublisher,
    @Inject(ModuleRef) private readonly modules: ModuleRef,
  ) {}

  /** @throws what the ledger throws while it is away */
  async run(): Promise<DoctorAnswer> {
    const { database, instances } = await this.ledger.read(async (trx) => ({ database: await loadDatabaseFacts(trx), instances: await loadInstances(trx) }));
    const asOf = new Date();
    const living = livingAfter(instances, new Date(database.now.getTime() - this.config.programSilentMs));
    const [rabbitmq, redis, disks, ledgerKeys] = await Promise.all([this.broker(), this.redis(), this.disks(database), this.ledgerKeys()]);
    return {
      asOf: beijingTime(asOf), nodeVersion: process.version, uptimeSeconds: Math.round(process.uptime()), memoryBytes: process.memoryUsage.rss(),
      rabbitmq, postgresql: showDatabase(database, asOf), redis, disks, ledgerKeys, signingKeys: showSigningKeys(living),
      settings: showSettings(this.config), concerns: [...this.ownConcerns(), ...adaptersConcerns(living)],
    };
  }

  private ownConcerns(): ConcernAnswer[] {
    return judgeSettings({ config: this.config, environment: process.env['NODE_ENV'] }).map((concern) => ({ app: 'gateway', ...concern }));
  }

  private async broker(): Promise<BrokerFactsAnswer> {
    const takes = this.publisher.ready;
    const { rabbitmqManagementUrl: url } = this.config;
    if (url === undefined) return { takes, nodes: null, nodesUnknownZh: '没有设 RABBITMQ_MANAGEMENT_URL' };
    return askBrokerNodes(url).then((nodes) => ({ takes, nodes, nodesUnknownZh: null })).catch(() => ({ takes, nodes: null, nodesUnknownZh: '管理接口问不到：地址、账号或权限（monitoring）不对，或不通' }));
  }

  private async redis(): Promise<RedisFactsAnswer | null> {
    const redis = this.find();
    return redis === null ? null : this.call.run(() => redisFacts(redis)).catch(() => null);
  }

  private find(): Redis | null {
    try {
      return this.modules.get(Redis, { strict: false });
    } catch {
      return null;
    }
  }

  /** Where a server runs on this machine and says where its data lies, its disk too. */
  private async disks({ data_directory: folder }: DatabaseFacts): Promise<DiskAnswer[]> {
    const here = isLoopback(URL.parse(this.config.databaseUrl ?? '')?.hostname ?? '');
    const disks = await Promise.all([readDisk('网关所在的目录', process.cwd()), readDisk('PostgreSQL 的数据目录', here ? folder : null)]);
    return disks.flatMap((disk) => disk ?? []);
  }

  private async ledgerKeys(): Promise<LedgerKeysAnswer> {
    const { active, all } = this.keys.versions;
    const file = process.env['LEDGER_KEYS_FILE'];
    const known = file === undefined ? null : await stat(file).catch(() => null);
    return {
      active, versions: [...all], fileChangedAt: known === null ? null : beijingTime(known.mtime),
      fileOpenToOthers: known === null || process.platform === 'win32' ? null : (known.mode & 0o077) !== 0,
    };
  }
}

function showDatabase(facts: DatabaseFacts, asOf: Date): DatabaseFactsAnswer {
  return {
    version: facts.version, databaseBytes: facts.database_bytes, connections: facts.connections, connectionsMost: facts.connections_most,
    durable: facts.fsync === 'on' && facts.synchronous_commit !== 'off', inRecovery: facts.in_recovery,
    oldestTransactionSeconds: Math.round(facts.oldest_transaction_seconds), clockAheadMs: facts.now.getTime() - asOf.getTime(),
  };
}

async function redisFacts(redis: Redis): Promise<RedisFactsAnswer> {
  const [memory, [seconds, micros], { problem }] = await Promise.all([redis.info('memory'), redis.time(), redisDurability(redis)]);
  const now = Date.now();
  const figure = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(memory)?.[1] ?? 0);
  return {
    usedBytes: figure('used_memory'), mostBytes: figure('maxmemory') === 0 ? null : figure('maxmemory'), problemZh: problem,
    clockAheadMs: Math.round(Number(seconds) * 1_000 + Number(micros) / 1_000 - now),
  };
}

/** The processes of one app have one file: each key once. */
function showSigningKeys(living: readonly EdgeInstanceRow[]): SigningKeyAnswer[] {
  const keys = living.flatMap(({ app, signing_keys: said }) => (said ?? []).map((key) => ({ app, ...key })));
  return [...new Map(keys.map((key) => [`${key.app} ${key.party} ${key.keyId}`, key])).values()].map(({ app, party, keyId, algorithm, notBefore, notAfter }) => ({
    party, partyZh: partyZh(party), app, keyId, algorithm,
    notBefore: notBefore === null ? null : beijingTime(new Date(notBefore)), notAfter: notAfter === null ? null : beijingTime(new Date(notAfter)),
  }));
}

/** Those of each app once, however many processes it has. */
function adaptersConcerns(living: readonly EdgeInstanceRow[]): ConcernAnswer[] {
  const concerns = living.flatMap(({ app, setting_concerns: said }) => (said ?? []).map(({ setting, severity, zh, adviceZh }) => ({ app, setting, severity, zh, adviceZh })));
  return [...new Map(concerns.map((concern) => [`${concern.app} ${concern.setting} ${concern.zh}`, concern])).values()];
}
