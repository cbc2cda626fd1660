import { styleText } from 'node:util';
import type { Surroundings, TextOutput } from '../surroundings.ts';
import { pairsOf, tableOf } from './table.ts';

/** How bad something is, which decides its colour. */
export type Tone = 'good' | 'warn' | 'bad' | 'dim' | 'strong';

const STYLES = { good: 'green', warn: 'yellow', bad: 'red', dim: 'gray', strong: 'bold' } as const;

/** Writes for people or for scripts: results to stdout, everything else to stderr. */
export class Output {
  /** Results are JSON. */
  readonly json: boolean;
  readonly colour: boolean;
  private readonly stdout: TextOutput;
  private readonly stderr: TextOutput;

  constructor({ stdout, stderr, env }: Pick<Surroundings, 'stdout' | 'stderr' | 'env'>, { json, colour }: { readonly json: boolean; readonly colour: boolean | undefined }) {
    this.stdout = stdout;
    this.stderr = stderr;
    this.json = json;
    this.colour = !json && (colour ?? (stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'));
  }

  /** Whether a person watches the results. */
  get isTerminal(): boolean {
    return this.stdout.isTTY === true;
  }

  /** Whether a person watches what is said aside. */
  get hasWatcher(): boolean {
    return this.stderr.isTTY === true;
  }

  paint(tone: Tone, text: string): string {
    return this.colour ? styleText(STYLES[tone], text, { validateStream: false }) : text;
  }

  table(head: readonly string[], rows: readonly (readonly string[])[]): string {
    return tableOf(head.map((title) => this.paint('dim', title)), rows, this.width);
  }

  pairs(pairs: readonly (readonly [string, string])[]): string {
    return pairsOf(pairs.map(([name, value]) => [this.paint('dim', name), value] as const), this.width);
  }

  line(text = ''): void {
    this.stdout.write(`${text}\n`);
  }

  /** As it is. */
  raw(text: string): void {
    this.stdout.write(text);
  }

  /** For the person only; a script that reads the results does not see it. */
  aside(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  rawAside(text: string): void {
    this.stderr.write(text);
  }

  /** The answer as the API gave it: on a terminal over several lines. */
  answer(body: unknown): void {
    this.line(this.isTerminal ? JSON.stringify(body, null, 2) : JSON.stringify(body));
  }

  private get width(): number | undefined {
    return this.isTerminal ? Math.max(40, this.stdout.columns ?? 80) : undefined;
  }
}
