import { allowedInChinese, givenInChinese } from './config-in-chinese.ts';

/** One setting that cannot be used. */
export interface ConfigProblem {
  /** Name of the environment variable. */
  readonly field: string;
  /** What was given, masked when it may hold a secret. */
  readonly given: string;
  readonly allowed: string;
}

/** The configuration cannot be used. The message is one line that names every broken field, what was given and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];
  /** The same line in Chinese, for the operator. */
  readonly zh: string;

  constructor(problems: readonly ConfigProblem[]) {
    super(`configuration cannot be used: ${problems.map(({ field, given, allowed }) => `${field}: given ${given}; allowed: ${allowed}`).join(' | ')}`);
    this.problems = problems;
    this.zh = `配置不能用：${problems.map(({ field, given, allowed }) => `${field}：现为 ${givenInChinese(given)}，应为 ${allowedInChinese(allowed)}`).join('；')}`;
  }
}
