import { Pool } from 'undici';
import { quantile, rounded } from '../statistics.ts';
import type { Question } from './ops-queries.ts';

/** The first answer of a kind compiles its code and plan. */
const WARM_UP = 1;
/** However slow they are: one answer alone says little. */
const LEAST = 3;

/** How long one kind of question took, in milliseconds. */
export interface Answering {
  readonly p50: number;
  readonly p99: number;
  readonly asked: number;
  /** Answers that were no 200, such as one whose statement took too long. They count with the time they took. */
  readonly failed: number;
}

/** How often a kind of question is asked at most, and for how long. */
export interface AskingLimit {
  readonly times: number;
  readonly withinMs: number;
}

/** An operator who asks one thing after the other. */
export class OpsAsker {
  readonly #pool: Pool;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, token: string) {
    this.#pool = new Pool(url, { connections: 1, pipelining: 1 });
    this.#headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  }

  /** Asks each time anew what `next` gives. Throws when a question is refused as wrong: then the questions are out of date. */
  async measure(next: () => Question, { times, withinMs }: AskingLimit): Promise<Answering> {
    const took: number[] = [];
    let failed = 0;
    const until = performance.now() + withinMs;
    for (let turn = -WARM_UP; turn < times && (took.length < LEAST || performance.now() < until); turn += 1) {
      const { ms, status } = await this.#ask(next());
      if (turn < 0) continue;
      took.push(ms);
      if (status !== 200) failed += 1;
    }
    return { p50: rounded(quantile(took, 0.5)), p99: rounded(quantile(took, 0.99)), asked: took.length, failed };
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #ask(question: Question): Promise<{ ms: number; status: number }> {
    const begun = performance.now();
    const answer = await this.#pool.request({
      method: question.body === undefined ? 'GET' : 'POST', path: question.path,
      headers: this.#headers, ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
    });
    const text = await answer.body.text();
    if (answer.statusCode >= 400 && answer.statusCode < 500) throw new Error(`${question.path} was answered with ${answer.statusCode}: ${text.slice(0, 300)}`);
    return { ms: performance.now() - begun, status: answer.statusCode };
  }
}
