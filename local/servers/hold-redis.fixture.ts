import { openProfile } from './profile.ts';
import { PrivateServer } from './private-server.ts';
import { redis } from './redis.ts';

// Holds a Redis of the profile named on the command line until it is killed: node hold-redis.fixture.ts <profile>
await new PrivateServer(redis, openProfile(process.argv[2] ?? ''), redis.findBinaries() ?? {}).hold();
process.stdout.write('held\n');
setInterval(() => undefined, 60_000);
