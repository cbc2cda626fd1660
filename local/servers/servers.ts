import { postgres } from './postgres.ts';
import { PrivateServer } from './private-server.ts';
import type { Profile } from './profile.ts';
import { rabbitmq } from './rabbitmq.ts';
import { redis } from './redis.ts';
import type { ServerKind, ServerName, ServerState } from './server-kind.ts';

export const SERVER_KINDS: Record<ServerName, ServerKind> = { rabbitmq, redis, postgres };

/** Where a server came from: named in the environment, already running from before, or started now. */
export type Origin = 'configured' | 'found' | 'started' | 'docker';

/** The servers of one profile as this process uses them. */
export class Servers {
  readonly profile: Profile;
  /** What the programs need in their environment to find the servers. */
  readonly env: Record<string, string> = {};
  /** Servers that Docker runs because this machine has no program for them. */
  readonly viaDocker = new Set<ServerName>();
  readonly #held: PrivateServer[] = [];

  constructor(profile: Profile) {
    this.profile = profile;
  }

  /** Makes the server usable and notes its URL in {@link env}. Rejects with an error that says what to do. */
  async ensure(name: ServerName, signal?: AbortSignal): Promise<Origin> {
    const kind = SERVER_KINDS[name];
    const configured = process.env[kind.envName];
    if (configured) {
      this.env[kind.envName] = configured;
      return 'configured';
    }
    const docker = this.viaDocker.has(name);
    const binaries = docker ? 'docker' : kind.findBinaries();
    if (binaries === null) throw new Error(`本机没有 ${kind.title}：请运行 apt-get install ${kind.debianPackage}，或设置环境变量 ${kind.envName}`);
    const server = new PrivateServer(kind, this.profile, binaries);
    this.#held.push(server);
    const { state, found } = await server.hold(signal);
    this.#note(kind, state);
    if (found) return 'found';
    return docker ? 'docker' : 'started';
  }

  /** Lets go of everything held; the servers nobody else holds end. */
  async release(): Promise<void> {
    await Promise.all(this.#held.splice(0).map((server) => server.release()));
  }

  #note(kind: ServerKind, state: ServerState): void {
    this.env[kind.envName] = kind.urlOf(state);
    const management = state.ports['management'];
    if (management) this.env['RABBITMQ_MANAGEMENT_URL'] = `http://jiujin:${state.password}@127.0.0.1:${management}`;
  }
}
