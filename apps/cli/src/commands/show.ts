import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { Query } from '../gateway/gateway-client.ts';
import { eachPage } from '../gateway/pages.ts';
import type { Page } from '../gateway/pages.ts';
import { CommandError, InterruptedError } from '../gateway/problems.ts';
import { pause } from '../terminal/pause.ts';
import type { Tools } from './tools.ts';

/** One answer of the API and how people see it. */
export interface View<T> {
  ask(): Promise<T>;
  show(answer: T): string;
  /** The API's answer among what was asked, when that is more than one. */
  json?(answer: T): unknown;
  /** Whether what was answered is bad. */
  judge?(answer: T): ExitCode;
}

const CLEAR = '\u001b[2J\u001b[3J\u001b[H';

/** Asks once and shows it; with `watch`, again every so many seconds until Ctrl-C. */
export async function showView<T>(tools: Tools, view: View<T>, watch?: number): Promise<ExitCode> {
  if (watch !== undefined) return watchView(tools, view, watch);
  const answer = await view.ask();
  show(tools, view, answer);
  return view.judge?.(answer) ?? EXIT.ok;
}

/** A gateway that is away for a while ends no watch: what is wrong is shown in the place of the answer. */
async function watchView<T>(tools: Tools, view: View<T>, seconds: number): Promise<ExitCode> {
  const { out, around: { interrupted } } = tools;
  const drawn = out.isTerminal && !out.json;
  for (let first = true; !interrupted.aborted; first = false) {
    try {
      const answer = await view.ask();
      if (drawn) out.raw(CLEAR);
      show(tools, view, answer);
    } catch (error) {
      if (error instanceof InterruptedError) break;
      if (first || !mayPass(error)) throw error;
      out.aside(`${new Date().toLocaleTimeString('zh-CN', { hour12: false })} ${error.message}`);
    }
    if (drawn) out.line(out.paint('dim', `\n每 ${seconds} 秒刷新，Ctrl-C 结束`));
    await pause(seconds * 1000, interrupted).catch(() => undefined);
  }
  return EXIT.ok;
}

/** Whoever may not look will not be allowed to in a moment either. */
function mayPass(error: unknown): error is CommandError {
  return error instanceof CommandError && error.exitCode !== EXIT.forbidden;
}

function show<T>({ out }: Tools, view: View<T>, answer: T): void {
  if (out.json) out.answer(view.json === undefined ? answer : view.json(answer));
  else out.line(view.show(answer));
}

/** What every list takes. */
export interface ListArgs {
  limit?: number | undefined;
  cursor?: string | undefined;
  all?: boolean | undefined;
  ndjson?: boolean | undefined;
  watch?: number | undefined;
}

/** A list of the API and how people see a page of it. */
export interface ListView<T> {
  readonly path: string;
  readonly query: Query;
  /** Shown for a list in which nothing is. */
  readonly none: string;
  show(items: readonly T[]): string;
}

/** One page, or all of them: then as one JSON array, as a JSON value a line, or page by page for people. */
export async function showList<T>(tools: Tools, list: ListView<T>, args: ListArgs): Promise<ExitCode> {
  if (args.all === true || args.ndjson === true) return showAll(tools, list, args);
  const query = { ...list.query, limit: args.limit, cursor: args.cursor };
  return showView<Page<T>>(tools, {
    ask: () => tools.api.get(list.path, query),
    show: ({ items, nextCursor }) => (items.length === 0 ? list.none : `${list.show(items)}${more(tools, nextCursor)}`),
  }, args.watch);
}

function more({ out }: Tools, nextCursor: string | null): string {
  return nextCursor === null ? '' : `\n${out.paint('dim', `还有：--cursor ${nextCursor} 看下一页，--all 看全部`)}`;
}

async function showAll<T>(tools: Tools, list: ListView<T>, { ndjson }: ListArgs): Promise<ExitCode> {
  const { out } = tools;
  const pages = eachPage<T>(tools.api, list.path, list.query);
  if (ndjson === true) await writeLines(tools, pages);
  else if (out.json) await writeArray(tools, pages);
  else await writePages(tools, list, pages);
  return EXIT.ok;
}

async function writeLines<T>({ out }: Tools, pages: AsyncIterable<Page<T>>): Promise<void> {
  for await (const { items } of pages) for (const item of items) out.line(JSON.stringify(item));
}

/** The array ends only when everything was there: one that broke off is not JSON, so that no script takes it for whole. */
async function writeArray<T>({ out }: Tools, pages: AsyncIterable<Page<T>>): Promise<void> {
  let separator = '[';
  for await (const { items } of pages) {
    for (const item of items) {
      out.raw(`${separator}${JSON.stringify(item)}`);
      separator = ',\n';
    }
  }
  out.line(separator === '[' ? '[]' : ']');
}

async function writePages<T>({ out }: Tools, list: ListView<T>, pages: AsyncIterable<Page<T>>): Promise<void> {
  let count = 0;
  for await (const { items } of pages) {
    if (items.length > 0) out.line(list.show(items));
    count += items.length;
  }
  out.line(count === 0 ? list.none : out.paint('dim', `共 ${count} 条`));
}
