import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const PROJECT_NO = /"(?:projectNo|PROJECT_NO|subject)":"([^"]+)"/;
const LOOK_EVERY_MS = 2;

/** Where every contestant delivers to: both endpoints of the outside world in one, which answer at once and note when each case arrived. */
export class Sink {
  /** When the first work item and the first update of a case arrived, in milliseconds of `performance.now()`. */
  readonly workItems = new Map<string, number>();
  readonly updates = new Map<string, number>();
  /** Called at the first arrival of a work item. */
  onWorkItem: ((projectNo: string) => void) | null = null;
  deliveries = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer({ keepAliveTimeout: 65_000, noDelay: true }, (request, response) => { this.#take(request, response); });
  }

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  forget(): void {
    this.workItems.clear();
    this.updates.clear();
    this.deliveries = 0;
  }

  /** Resolves when so many work items and updates have arrived; rejects when nothing moves any more. */
  async reached(workItems: number, updates: number, patienceMs: number): Promise<void> {
    let seen = -1;
    let since = performance.now();
    while (this.workItems.size < workItems || this.updates.size < updates) {
      if (this.deliveries !== seen) [seen, since] = [this.deliveries, performance.now()];
      if (performance.now() - since > patienceMs) {
        throw new Error(`nothing arrives any more: ${this.workItems.size} of ${workItems} work items, ${this.updates.size} of ${updates} updates`);
      }
      await pause(LOOK_EVERY_MS);
    }
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 17 });
      response.end('{"received":true}');
      this.deliveries += 1;
      const projectNo = PROJECT_NO.exec(Buffer.concat(parts).toString('utf8'))?.[1] ?? '';
      const isUpdate = request.url?.includes('updates') === true;
      const arrived = isUpdate ? this.updates : this.workItems;
      if (arrived.has(projectNo)) return;
      arrived.set(projectNo, performance.now());
      if (!isUpdate) this.onWorkItem?.(projectNo);
    });
  }
}
