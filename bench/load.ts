import { setTimeout as pause } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Payload } from './payloads.ts';

/** A request ready to be sent to one contestant. */
export interface Shot {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The cases in it. */
  readonly projectNos: readonly string[];
}

/** How a contestant wants an event, or a batch of them: its address and headers. */
export type Aim = (payloads: readonly Payload[]) => Shot;

const TIMEOUT_MS = 60_000;

/** Sends to one door over connections that are kept alive. */
export class Load {
  readonly #pool: Pool;
  /** When the request of a case was due at an even rate, in milliseconds of `performance.now()`. */
  readonly dueAt = new Map<string, number>();

  constructor(url: string, connections: number) {
    this.#pool = new Pool(url, { connections, pipelining: 1, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  }

  /** As fast as the door answers, on so many connections. */
  async saturate(shots: readonly Shot[], connections: number): Promise<void> {
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let shot = shots[next++]; shot !== undefined; shot = shots[next++]) await this.send(shot);
    };
    await Promise.all(Array.from({ length: connections }, worker));
  }

  /** At an even rate, whatever the answers take: what waits at a slow door counts as latency. */
  async atRate(shots: readonly Shot[], perSecond: number): Promise<void> {
    const begun = performance.now();
    const sent: Promise<void>[] = [];
    for (const [index, shot] of shots.entries()) {
      const due = begun + index * 1000 / perSecond;
      const wait = due - performance.now();
      if (wait > 1) await pause(wait);
      // A generator that is held up must not hide what waited for it; one that is a moment early gains nothing.
      for (const projectNo of shot.projectNos) this.dueAt.set(projectNo, Math.min(due, performance.now()));
      sent.push(this.send(shot));
    }
    await Promise.all(sent);
  }

  async send(shot: Shot): Promise<void> {
    const answer = await this.#pool.request({ method: 'POST', path: shot.path, headers: shot.headers, body: shot.body });
    const text = await answer.body.text();
    if (answer.statusCode !== 202) throw new Error(`the door answered ${answer.statusCode}: ${text.slice(0, 300)}`);
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
