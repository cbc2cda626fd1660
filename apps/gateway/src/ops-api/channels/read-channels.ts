import type { CircuitRow } from '../../ledger/edge-rows.ts';
import { countFailedInChannels, countHeldInChannels, countRetryingInChannels, countUnderWayInChannels, loadChannelRates, loadCriticalTimes } from '../../ledger/channel-figures.ts';
import { loadPauses } from '../../ledger/channel-rows.ts';
import { loadSettings } from '../../ledger/channel-settings-rows.ts';
import { loadCircuits, loadInstances } from '../../ledger/edge-rows.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import type { Reading } from '../ops-ledger.ts';
import type { ChannelFacts } from './show-channel.ts';

/** Everything that the ledger says of channels, at one moment. `heardSince`: programs heard later than that live. */
export async function readChannels(trx: Reading, heardSince: Date): Promise<ChannelFacts> {
  const living = livingAfter(await loadInstances(trx), heardSince);
  const circuits = await loadCircuits(trx);
  const theirs = ({ app, instance }: CircuitRow): boolean => living.some((program) => program.app === app && program.instance === instance);
  return {
    now: new Date(), living, circuits: circuits.filter(theirs), pauses: await loadPauses(trx), settings: await loadSettings(trx), held: await countHeldInChannels(trx), underWay: await countUnderWayInChannels(trx),
    rates: await loadChannelRates(trx), retrying: await countRetryingInChannels(trx), failed: await countFailedInChannels(trx), critical: await loadCriticalTimes(trx),
  };
}
