import { OpsProblem } from '../ops-api/problems/ops-problem.ts';

const AT_ONCE = 2;
const WAITING_AT_MOST = 16;

/** Hashing a password costs memory and time, and anybody may ask for it: only so many at once, and only so many wait. */
export class HashQueue {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @throws OpsProblem `login-busy` when too many wait already */
  async run<T>(job: () => Promise<T>): Promise<T> {
    await this.#turn();
    try {
      return await job();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running -= 1;
      else next();
    }
  }

  /** Who ends hands the place over, so that nobody who comes meanwhile takes it. */
  #turn(): Promise<void> {
    if (this.#running < AT_ONCE) {
      this.#running += 1;
      return Promise.resolve();
    }
    if (this.#waiting.length >= WAITING_AT_MOST) throw new OpsProblem('login-busy', {
      detail: 'Too many logins at this moment; try again in a few seconds.',
      detailZh: '当前登录请求过多，请几秒后重试。',
    });
    return new Promise((resolve) => { this.#waiting.push(resolve); });
  }
}
