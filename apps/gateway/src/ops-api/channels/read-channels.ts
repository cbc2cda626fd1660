import { countHeldInChannels, countUnderWayInChannels, loadChannelRates } from '../../ledger/channel-figures.ts';
import { loadPauses } from '../../ledger/channel-rows.ts';
import { loadCircuits, loadInstances } from '../../ledger/edge-rows.ts';
import { livingAfter } from '../../watch/living-programs.ts';
import type { Reading } from '../ops-ledger.ts';
import type { ChannelFacts } from './show-channel.ts';

/** Everything that is said of channels, at one moment. `heardSince`: programs heard later than that live. */
export async function readChannels(trx: Reading, heardSince: Date): Promise<ChannelFacts> {
  const living = livingAfter(await loadInstances(trx), heardSince);
  const circuits = await loadCircuits(trx);
  return {
    pauses: await loadPauses(trx), held: await countHeldInChannels(trx), underWay: await countUnderWayInChannels(trx), rates: await loadChannelRates(trx),
    circuits: circuits.filter(({ app, instance }) => living.some((program) => program.app === app && program.instance === instance)),
  };
}
