import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const PROJECT_NO = /"(?:projectNo|PROJECT_NO|subject)":"([^"]+)"/;
const LOOK_EVERY_MS = 2;
const NAMED = 3;

export const SIDES = ['centre', 'halls'] as const;
export type Side = (typeof SIDES)[number];

/** Where every contestant delivers to: both ends of the outside world, which answer at once and note when each case arrived. */
export class Sink {
  readonly centre = new SinkSide();
  readonly halls = new SinkSide();

  async open(): Promise<Record<Side, string>> {
    return { centre: await this.centre.up(), halls: await this.halls.up() };
  }

  close(): void {
    this.centre.down();
    this.halls.down();
  }

  /** A new round: these cases must arrive, and nothing of an earlier round counts. */
  expect(cases: Readonly<Partial<Record<Side, readonly string[]>>>): void {
    for (const side of SIDES) this[side].expect(cases[side] ?? []);
  }

  /** Resolves when every expected case has arrived on its side; rejects, naming what is missing, when nothing moves any more. */
  async complete(patienceMs: number): Promise<void> {
    let seen = -1;
    let since = performance.now();
    while (SIDES.some((side) => this[side].missing.size > 0)) {
      const deliveries = this.centre.deliveries + this.halls.deliveries;
      if (deliveries !== seen) [seen, since] = [deliveries, performance.now()];
      if (performance.now() - since > patienceMs) throw new Error(`lost: ${SIDES.map((side) => `${side}: ${this[side].shortage()}`).join('; ')}`);
      await pause(LOOK_EVERY_MS);
    }
  }
}

/** One end of the outside world. */
class SinkSide {
  /** When each expected case first arrived, in milliseconds of `performance.now()`, in the order of arrival. */
  readonly arrivedAt = new Map<string, number>();
  readonly missing = new Set<string>();
  /** Called at the first arrival of an expected case. */
  onArrival: ((projectNo: string) => void) | null = null;
  /** Whether everything is refused for good, as data that the receiver cannot accept. */
  refusing = false;
  deliveries = 0;
  /** Deliveries of a case that had arrived already. */
  doubled = 0;
  #server: Server | null = null;
  #port = 0;

  /** Listens, after an outage on the port it had before; gives its address. */
  async up(): Promise<string> {
    const server = createServer({ keepAliveTimeout: 65_000, noDelay: true }, (request, response) => { this.#take(request, response); });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.#port}`;
  }

  /** An outage: whoever calls is refused. */
  down(): void {
    this.#server?.close();
    this.#server?.closeAllConnections();
    this.#server = null;
  }

  expect(projectNos: readonly string[]): void {
    this.arrivedAt.clear();
    this.missing.clear();
    for (const projectNo of projectNos) this.missing.add(projectNo);
    this.deliveries = 0;
    this.doubled = 0;
  }

  /** More cases of the same round. */
  expectAlso(projectNos: readonly string[]): void {
    for (const projectNo of projectNos) this.missing.add(projectNo);
  }

  shortage(): string {
    const { size } = this.missing;
    return size === 0 ? 'nothing' : `${size} cases, such as ${[...this.missing].slice(0, NAMED).join(', ')}`;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      if (this.refusing) {
        response.writeHead(422, { 'content-length': 0 }).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 17 });
      response.end('{"received":true}');
      this.#note(PROJECT_NO.exec(Buffer.concat(parts).toString('utf8'))?.[1] ?? '');
    });
  }

  #note(projectNo: string): void {
    this.deliveries += 1;
    if (this.missing.delete(projectNo)) {
      this.arrivedAt.set(projectNo, performance.now());
      this.onArrival?.(projectNo);
    } else if (this.arrivedAt.has(projectNo)) {
      this.doubled += 1;
    }
  }
}
