import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A TCP proxy before the broker that can hold its answers back, or cut every connection: a network in a bad hour. */
export class StallingProxy {
  private readonly server: Server;
  private readonly pairs = new Set<{ client: Socket; broker: Socket }>();
  private stalled = false;

  private constructor(host: string, port: number) {
    this.server = createServer((client) => {
      const pair = { client, broker: connect(port, host) };
      this.pairs.add(pair);
      pair.client.pipe(pair.broker);
      pair.broker.pipe(pair.client);
      if (this.stalled) this.holdBack(pair);
      for (const socket of [pair.client, pair.broker]) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          this.pairs.delete(pair);
          pair.client.destroy();
          pair.broker.destroy();
        });
      }
    });
  }

  /** Opens a proxy to the server of this URL. */
  static async before(url: string): Promise<StallingProxy> {
    const { hostname, port } = new URL(url);
    const proxy = new StallingProxy(hostname, Number(port || 5672));
    await new Promise<void>((resolve) => { proxy.server.listen(0, '127.0.0.1', resolve); });
    return proxy;
  }

  /** The same URL, through the proxy. */
  through(url: string): string {
    const changed = new URL(url);
    changed.hostname = '127.0.0.1';
    changed.port = String((this.server.address() as AddressInfo).port);
    return changed.href;
  }

  /** From now on the broker's answers do not arrive. */
  stall(): void {
    this.stalled = true;
    for (const pair of this.pairs) this.holdBack(pair);
  }

  /** Cuts every connection; new ones pass freely again. */
  cut(): void {
    this.stalled = false;
    for (const { client, broker } of this.pairs) {
      client.destroy();
      broker.destroy();
    }
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => { this.server.close(() => resolve()); });
  }

  private holdBack({ client, broker }: { client: Socket; broker: Socket }): void {
    broker.unpipe(client);
    broker.pause();
  }
}
