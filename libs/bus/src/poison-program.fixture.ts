import { Redis } from 'ioredis';
import { Rig, testTopology } from './bus-rig.fixture.ts';
import type { QueueOptions } from './bus-server.ts';

/** What the test tells this program in its one argument. */
export interface PoisonProgramOptions {
  readonly rabbitmqUrl: string;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly keys: string;
  readonly queue: Omit<QueueOptions, 'name'>;
  readonly bundled: boolean;
}

export const DIED_OF_POISON = 86;
/** The work on every harmless message: long enough to be in hand still when a neighbour kills the process. */
const WORK_MS = 30;

const { rabbitmqUrl, redisUrl, prefix, keys, queue, bundled } = JSON.parse(process.argv[2] ?? '') as PoisonProgramOptions;
const rig = new Rig(() => rabbitmqUrl, keys);
const topology = testTopology({ deliveryLimit: 100, bundled });
const publisher = await rig.publisher({ topology });
await rig.serve(async (batch) => {
  if (batch.some(({ body }) => (body as { poison?: boolean }).poison)) process.exit(DIED_OF_POISON);
  await new Promise((resolve) => { setTimeout(resolve, WORK_MS); });
  for (const { messageId } of batch) process.stdout.write(`done ${messageId}\n`);
  return batch.map(() => 'done');
}, publisher, queue, { topology, redis: { redis: new Redis(redisUrl), prefix } });
process.stdout.write('serving\n');
