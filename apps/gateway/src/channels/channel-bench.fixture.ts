import type { BusPublisher } from '#bus';
import { createLogger } from '#runtime';
import type { Kysely } from 'kysely';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import { loadPauses } from '../ledger/channel-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { DrainChannels } from './drain-channels.ts';
import { pauseChannel, resumeChannel } from './hold-channel.ts';
import type { ChannelOutcome } from './hold-channel.ts';

const CALLER = { id: 'account:test', name: '测试甲', address: '127.0.0.1' };

/** No channel is paused or ever was, and nothing waits. */
export async function emptyChannels(db: Kysely<LedgerTables>): Promise<void> {
  await db.deleteFrom('channel_pauses').execute();
  await db.updateTable('transfers').set({ status: 'discarded', paused_channel: null }).where('status', '<>', 'delivered').execute();
}

export async function pauseOf(db: Kysely<LedgerTables>, channel: ChannelName, { until = null }: { until?: Date | null } = {}): Promise<ChannelOutcome> {
  const version = await versionOf(db, channel);
  return db.transaction().execute((trx) => pauseChannel(trx, { channel, caller: CALLER, reason: '中心维护', ticket: null, version }, until));
}

export async function resumeOf(db: Kysely<LedgerTables>, channel: ChannelName): Promise<ChannelOutcome> {
  const version = await versionOf(db, channel);
  return db.transaction().execute((trx) => resumeChannel(trx, { channel, caller: CALLER, reason: '维护结束', ticket: null, version }));
}

/** The draining part of a gateway of the bench; what it orders is in the bench's publisher. */
export function drainOf(gateway: GatewayBench): DrainChannels {
  const logger = createLogger('gateway', { level: 'silent' });
  const publish = new PublishOrders(gateway.publisher as unknown as BusPublisher, gateway.db, logger);
  return new DrainChannels(gateway.db, gateway.keys, publish, gateway.config, logger);
}

async function versionOf(db: Kysely<LedgerTables>, channel: ChannelName): Promise<number> {
  return (await loadPauses(db)).find((pause) => pause.channel === channel)?.version ?? 0;
}
