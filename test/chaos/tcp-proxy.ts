import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What a proxy does to the connections that go through it: `clear` lets everything pass, `cut` ends what there is and takes nothing new,
 * `silent` keeps connections open but lets nothing through, and `slow` delays every piece of data, in both directions.
 */
export type Weather = 'clear' | 'cut' | 'silent' | { readonly slowMs: number };

const LOOPBACK = '127.0.0.1';
const CONNECT_MS = 5_000;

/** Stands between programs and a server (or several of the same kind) on this machine, and is where their network breaks on purpose. */
export class TcpProxy {
  readonly #targets: () => readonly number[];
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #weather: Weather = 'clear';
  #turn = 0;

  /** `targets` gives the ports that can be connected to just now; several are taken in turn, and one that refuses is passed over. */
  constructor(targets: () => readonly number[]) {
    this.#targets = targets;
    this.#server = createServer({ noDelay: true, pauseOnConnect: true }, (client) => { this.#accept(client); });
  }

  /** Listens on this port, or on any; gives the port. */
  async listen(port = 0): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, LOOPBACK, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  get connections(): number {
    return this.#pairs.size;
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    if (weather === 'cut') this.drop();
    for (const pair of this.#pairs) pair.weather = weather;
  }

  get weather(): Weather {
    return this.#weather;
  }

  /** Ends every connection there is; new ones are welcome. */
  drop(): void {
    for (const pair of this.#pairs) pair.end();
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => { this.#server.close(() => { resolve(); }); });
    this.drop();
    await closed;
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined);
    if (this.#weather === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const pair = new Pair(client, this.#weather, () => { this.#pairs.delete(pair); });
    this.#pairs.add(pair);
    void this.#connect(pair);
  }

  async #connect(pair: Pair): Promise<void> {
    const ports = [...this.#targets()];
    this.#turn += 1;
    for (let tries = 0; tries < ports.length && !pair.isOver; tries += 1) {
      const socket = await open(ports[(this.#turn + tries) % ports.length] ?? 0);
      if (socket !== null) {
        pair.join(socket);
        return;
      }
    }
    pair.end();
  }
}

function open(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect({ host: LOOPBACK, port, noDelay: true, timeout: CONNECT_MS });
    const fail = (): void => {
      socket.destroy();
      resolve(null);
    };
    socket.once('error', fail);
    socket.once('timeout', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.pause();
      socket.off('error', fail);
      socket.off('timeout', fail);
      socket.on('error', () => undefined);
      resolve(socket);
    });
  });
}

/** A client's connection and the one made for it. */
class Pair {
  isOver = false;
  readonly #client: Socket;
  readonly #onEnd: () => void;
  #server: Socket | null = null;
  #weather: Weather;

  constructor(client: Socket, weather: Weather, onEnd: () => void) {
    this.#client = client;
    this.#weather = weather;
    this.#onEnd = onEnd;
    client.once('close', () => { this.end(); });
  }

  join(server: Socket): void {
    if (this.isOver) {
      server.destroy();
      return;
    }
    this.#server = server;
    server.once('close', () => { this.end(); });
    this.#carry(this.#client, server);
    this.#carry(server, this.#client);
    this.weather = this.#weather;
  }

  set weather(weather: Weather) {
    this.#weather = weather;
    for (const socket of [this.#client, this.#server]) {
      if (weather === 'silent' || this.#server === null) socket?.pause();
      else socket?.resume();
    }
  }

  end(): void {
    if (this.isOver) return;
    this.isOver = true;
    // A reset, as a broken network gives one: a polite end would let either side believe that all was said.
    this.#client.resetAndDestroy();
    this.#server?.resetAndDestroy();
    this.#onEnd();
  }

  /** Order is kept: a piece leaves no sooner than the one before it, also when the delay changes in between. */
  #carry(from: Socket, to: Socket): void {
    let lastLeaves = 0;
    from.on('data', (piece) => {
      const delay = typeof this.#weather === 'object' ? this.#weather.slowMs : 0;
      const leaves = Math.max(performance.now() + delay, lastLeaves);
      if (delay === 0 && leaves - performance.now() <= 0) {
        this.#pass(piece, from, to);
        return;
      }
      lastLeaves = leaves;
      setTimeout(() => { this.#pass(piece, from, to); }, leaves - performance.now());
    });
    from.once('end', () => { setTimeout(() => { to.end(); }, Math.max(0, lastLeaves - performance.now())); });
  }

  #pass(piece: Buffer, from: Socket, to: Socket): void {
    if (to.destroyed || to.write(piece)) return;
    from.pause();
    to.once('drain', () => { if (this.#weather !== 'silent') from.resume(); });
  }
}
