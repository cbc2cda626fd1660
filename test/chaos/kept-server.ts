import { PrivateServer } from '../../local/servers/private-server.ts';
import type { Profile } from '../../local/servers/profile.ts';
import type { ServerKind, ServerState } from '../../local/servers/server-kind.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** A private server that is killed and brought back, with a proxy in front whose address stays the same all the while. */
export class KeptServer {
  readonly kind: ServerKind;
  readonly proxy: TcpProxy;
  readonly #server: PrivateServer;
  #state: ServerState | null = null;
  #proxyPort = 0;
  #isUp = false;

  constructor(kind: ServerKind, profile: Profile) {
    const binaries = kind.findBinaries();
    if (binaries === null) throw new Error(`本机没有 ${kind.title}：请运行 apt-get install ${kind.debianPackage}`);
    this.kind = kind;
    this.#server = new PrivateServer(kind, profile, binaries);
    this.proxy = new TcpProxy(() => (this.#isUp ? [this.#port(this.state)] : []));
  }

  /** Starts the server, or brings it back on its data after it was ended; resolves when it answers. */
  async start(signal?: AbortSignal): Promise<void> {
    const { state } = await this.#server.hold(signal);
    this.#state = state;
    if (this.#proxyPort === 0) this.#proxyPort = await this.proxy.listen();
    this.#isUp = true;
  }

  /** Ends the server's process; resolves when it is gone. */
  async strike(signal: NodeJS.Signals): Promise<void> {
    this.#isUp = false;
    await this.#server.strike(signal);
    this.proxy.drop();
  }

  /** Lets the server go for good. */
  async release(): Promise<void> {
    this.#isUp = false;
    await this.#server.release();
    if (this.#proxyPort !== 0) await this.proxy.close();
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get state(): ServerState {
    if (this.#state === null) throw new Error(`${this.kind.title} was not started`);
    return this.#state;
  }

  /** The address that the bridge is given: through the proxy. */
  get url(): string {
    const [name = ''] = this.kind.portNames;
    return this.kind.urlOf({ ...this.state, ports: { ...this.state.ports, [name]: this.#proxyPort } });
  }

  /** The server's own address, for those who look at it and break it. */
  get directUrl(): string {
    return this.kind.urlOf(this.state);
  }

  /** The first port of each kind is the one that clients use. */
  #port({ ports }: ServerState): number {
    const [name = ''] = this.kind.portNames;
    return ports[name] ?? 0;
  }
}
