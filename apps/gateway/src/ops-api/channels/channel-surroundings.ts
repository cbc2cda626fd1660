import { BusUnavailableError } from '#bus';
import type { GatewayConfig } from '../../gateway.config.ts';
import type { QueueFigures } from '../../watch/queue-figures.ts';
import type { ChannelSurroundings } from './show-channel.ts';

/** What is known of channels beside the ledger. One look at the broker serves everybody who asks within a second. */
export async function channelSurroundings(queues: QueueFigures, { channelTargetMs }: GatewayConfig): Promise<ChannelSurroundings> {
  return { queues: await queues.lookShared().catch(unlessBrokerAway), targetSeconds: Math.round(channelTargetMs / 1000) };
}

function unlessBrokerAway(error: unknown): null {
  if (error instanceof BusUnavailableError) return null;
  throw error;
}
