import { openProfile } from '../../local/servers/profile.ts';
import { provideServers } from '../../local/servers/provide-servers.ts';
import { SERVER_NAMES } from '../../local/servers/server-kind.ts';
import { Servers } from '../../local/servers/servers.ts';

/** Runs once before the first suite that needs servers; the suites find the addresses in their environment. */
export default async function setUp() {
  const servers = new Servers(openProfile('test'));
  globalThis.jiujinServers = servers;
  await provideServers(servers, (line) => process.stderr.write(`${line}\n`));
  await Promise.all(SERVER_NAMES.map((name) => servers.ensure(name)));
  Object.assign(process.env, servers.env);
}
