import type { BusPublisher } from '#bus';
import { createLogger } from '#runtime';
import type { Kysely } from 'kysely';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import type { GatewayBench } from '../gateway-bench.fixture.ts';
import { loadSettings } from '../ledger/channel-settings-rows.ts';
import type { ChannelName, SendingWindow } from '../ledger/channel-tables.ts';
import { loadPauses } from '../ledger/channel-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { DrainChannels } from './drain-channels.ts';
import { drainStep } from './drain-step.ts';
import { pauseChannel, resumeChannel } from './hold-channel.ts';
import type { ChannelOutcome } from './hold-channel.ts';
import { setChannel } from './set-channel.ts';
import type { ChannelSettings, SettingOutcome } from './set-channel.ts';

const CALLER = { id: 'account:test', name: '测试甲', address: '127.0.0.1' };

/** No channel is paused or limited or ever was, and nothing waits. */
export async function emptyChannels(db: Kysely<LedgerTables>): Promise<void> {
  await db.deleteFrom('channel_pauses').execute();
  await db.deleteFrom('channel_settings').execute();
  await db.updateTable('transfers').set({ status: 'discarded', paused_channel: null }).where('status', 'not in', ['delivered', 'discarded']).execute();
}

export async function pauseOf(db: Kysely<LedgerTables>, channel: ChannelName, { until = null }: { until?: Date | null } = {}): Promise<ChannelOutcome> {
  const version = await versionOf(db, channel);
  return db.transaction().execute((trx) => pauseChannel(trx, { channel, caller: CALLER, reason: '中心维护', ticket: null, version }, until));
}

export async function resumeOf(db: Kysely<LedgerTables>, channel: ChannelName): Promise<ChannelOutcome> {
  const version = await versionOf(db, channel);
  return db.transaction().execute((trx) => resumeChannel(trx, { channel, caller: CALLER, reason: '维护结束', ticket: null, version }));
}

export async function settingOf(db: Kysely<LedgerTables>, channel: ChannelName, settings: Partial<ChannelSettings>): Promise<SettingOutcome> {
  const version = (await loadSettings(db)).find((one) => one.channel === channel)?.version ?? 0;
  const order = { channel, caller: CALLER, reason: '对方限流', ticket: null, version };
  return db.transaction().execute((trx) => setChannel(trx, order, { ratePerSecond: null, hours: null, ...settings }));
}

/** All of every day. */
export const ALWAYS = [{ days: [1, 2, 3, 4, 5, 6, 7], from: '00:00', to: '24:00' }];

/** Hours that are not now: all of the day that comes in so many days, in Beijing. */
export function inDays(days: number): SendingWindow[] {
  const day = new Date(Date.now() + 8 * 3_600_000 + days * 86_400_000).getUTCDay();
  return [{ days: [day === 0 ? 7 : day], from: '00:00', to: '24:00' }];
}

/** The draining part of a gateway of the bench; what it orders is in the bench's publisher. */
export function drainOf(gateway: GatewayBench): DrainChannels {
  const logger = createLogger('gateway', { level: 'silent' });
  const publish = new PublishOrders(gateway.publisher as unknown as BusPublisher, gateway.db, logger);
  return new DrainChannels(gateway.db, gateway.keys, publish, gateway.config, logger);
}

/**
 * What the first round ordered after a channel was let go on, and the most that it may have: a machine that stands still in between has a later step of
 * the slow start to do. `before`: seconds for which the channel goes on already.
 */
export async function firstRound(gateway: GatewayBench, goOn: () => Promise<unknown>, before = 0): Promise<{ ordered: number; most: number }> {
  const began = performance.now();
  await goOn();
  const ordered = await drainOf(gateway).run();
  return { ordered, most: drainStep(before + (performance.now() - began) / 1_000, Infinity) };
}

async function versionOf(db: Kysely<LedgerTables>, channel: ChannelName): Promise<number> {
  return (await loadPauses(db)).find((pause) => pause.channel === channel)?.version ?? 0;
}
