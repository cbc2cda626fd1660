import { catalogue } from '#contracts';
import type { Destination } from '#contracts';
import type { ChannelName } from '../ledger/channel-tables.ts';
import { partyZh } from '../ops-api/words.ts';

export const DIRECTIONS = { intake: '收件（大厅→中心）', completion: '办结（中心→大厅）' } as const;
export type Direction = keyof typeof DIRECTIONS;

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

/** As operators call it: `鼓楼区政务服务大厅·收件（大厅→中心）`. */
export function channelZh(name: ChannelName): string {
  const [direction = 'intake', hallCode = ''] = name.split(':') as [Direction, string];
  return `${partyZh(`hall:${hallCode}`)}·${DIRECTIONS[direction]}`;
}

function channel(direction: Direction, hallCode: string): Channel {
  return { name: `${direction}:${hallCode}`, hallCode, direction, destination: direction === 'intake' ? 'centre' : `hall:${hallCode}` };
}
