export { until, DeadlinePassedError } from '../../local/until.ts';
export { freePort } from '../../local/servers/free-port.ts';
export { withDatabase, type TestDatabase } from './database.ts';
export { withRedis, type TestRedis } from './redis.ts';
export { withVhost, type Vhost } from './vhost.ts';
export { withQueueSilencer, type QueueSilencer } from './silent-queue.ts';
export { premise } from './premise.ts';
export { forgetProfile } from './forget-profile.ts';
export { NpmScript, processesWith } from './npm-script.ts';
