import type { Profile } from '../../local/servers/profile.ts';
import type { ServerState } from '../../local/servers/server-kind.ts';
import { rabbitmqctl } from '../support/rabbitmqctl.ts';

/** Raises RabbitMQ's memory alarm, which blocks every connection that publishes; gives what lifts it again. */
export async function blockPublishers(profile: Profile, state: ServerState): Promise<() => Promise<void>> {
  await setWatermark(profile, state, '0.000001');
  return () => setWatermark(profile, state, '0.4');
}

async function setWatermark(profile: Profile, state: ServerState, ratio: string): Promise<void> {
  await rabbitmqctl(profile, state, 'set_vm_memory_high_watermark', ratio);
}
