import { catalogue } from '#contracts';
import type { Destination } from '#contracts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import type { Direction } from '../ops-api/words.ts';

/** One hall in one direction (通道). */
export interface Channel {
  readonly name: ChannelName;
  readonly hallCode: string;
  readonly direction: Direction;
  /** Where its transfers go. */
  readonly destination: Destination;
}

/** Both channels of every hall that takes part. */
export function allChannels(): Channel[] {
  return catalogue().halls.flatMap(({ code }) => [channel('intake', code), channel('completion', code)]);
}

/** The channel of this name; undefined when no hall of the catalogue has it. */
export function channelNamed(name: string): Channel | undefined {
  return allChannels().find((one) => one.name === name);
}

/** The channels whose transfers go to this receiver. */
export function channelsTo(destination: Destination): ChannelName[] {
  return allChannels().filter((one) => one.destination === destination).map(({ name }) => name);
}

function channel(direction: Direction, hallCode: string): Channel {
  return { name: `${direction}:${hallCode}`, hallCode, direction, destination: direction === 'intake' ? 'centre' : `hall:${hallCode}` };
}
