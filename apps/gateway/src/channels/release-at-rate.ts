import type { Transaction } from 'kysely';
import { keepChannels, lockRate, useRate } from '../ledger/channel-settings-rows.ts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import { releaseLimited } from '../ledger/due-transfers.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { TransferRow } from '../ledger/transfer-rows.ts';
import { allowance, usedAfter } from '../operations/pace.ts';

/** What is used may lie ahead by so much: see below. */
const ROUNDED_UP_MS = 1;

/**
 * Orders as many of what a limited channel holds (通道限速) as its rate allows now, at most `most`, the oldest first, those of operations last. What has been used of the rate
 * stands in the ledger, in the transaction of what used it: so several gateways keep the rate together, and a restart does not begin it anew. One
 * that stood idle has at most a second's worth at once.
 */
export async function releaseAtRate(trx: Transaction<LedgerTables>, channel: ChannelName, receiptPatienceMs: number, most: number): Promise<TransferRow[]> {
  await keepChannels(trx);
  const rate = await lockRate(trx, channel);
  if (rate === undefined) return [];
  const [now, usedUntil, perSecond] = [rate.now.getTime(), rate.sent_until.getTime(), rate.rate_per_second];
  const room = Math.min(most, allowance(now, usedUntil, perSecond));
  const rows = room > 0 ? await releaseLimited(trx, channel, receiptPatienceMs, room) : [];
  const sent = rows.filter(({ status }) => status === 'in_flight').length;
  // A time that lies ahead was written by a clock that has been put back since: it must not be waited for.
  const ahead = usedUntil > now + ROUNDED_UP_MS;
  // The ledger keeps milliseconds of what comes from here: rounded up, a fast rate does not grow by what is cut off.
  if (sent > 0 || ahead) await useRate(trx, channel, new Date(Math.ceil(usedAfter(now, usedUntil, perSecond, sent))));
  return rows;
}
