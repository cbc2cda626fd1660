import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { UsageError } from '../gateway/problems.ts';
import { ask, readPiped } from '../terminal/ask.ts';
import { fieldsByPath, listPath } from './edit-form.ts';
import type { FormField } from './edit-form.ts';
import type { SharedArgs, Tools } from './tools.ts';

/** One change as the API takes it. */
export interface Change {
  readonly path: string;
  readonly value?: string | number | null;
  readonly add?: object;
  readonly remove?: true;
}

/** What was typed of an edit. */
export interface TypedChanges {
  readonly set?: readonly string[] | undefined;
  readonly ask?: readonly string[] | undefined;
  readonly clear?: readonly string[] | undefined;
  readonly add?: readonly string[] | undefined;
  readonly remove?: readonly string[] | undefined;
  readonly changes?: string | undefined;
}

/** As many characters as a hundred changes can have. */
const LONGEST = 600_000;

/** What is to be changed. */
export function withChanges<A extends SharedArgs>(command: Argv<A>) {
  const many = { type: 'string', array: true, nargs: 1 } as const;
  return command
    .option('set', { ...many, describe: '字段路径=新值，可给几次；个人信息不能这样写' })
    .option('ask', { ...many, describe: '字段路径：新值从键盘读，不留在命令行里' })
    .option('clear', { ...many, describe: '字段路径：去掉这个选填字段' })
    .option('add', { ...many, describe: '列表路径={JSON}：在末尾增加一项，写明它的各字段' })
    .option('remove', { ...many, describe: '列表项路径，如 application.materials[0]：去掉这一项（序号按更改之前）' })
    .option('changes', { describe: 'JSON 文件，- 为标准输入：[{"path":…,"value":…}]', type: 'string', nargs: 1 });
}

/** The changes that were typed, read from a file, or asked for. @throws UsageError for a personal value on the command line */
export async function changesOf(typed: TypedChanges, fields: readonly FormField[], tools: Tools): Promise<Change[]> {
  const known = fieldsByPath(fields);
  return [
    ...(typed.changes === undefined ? [] : await readChanges(typed.changes, tools)),
    ...(typed.set ?? []).map((text) => setOf(text, known)),
    ...(typed.clear ?? []).map((path) => ({ path, value: null })),
    ...(typed.add ?? []).map((text) => addOf(text, known)),
    ...(typed.remove ?? []).map((path) => ({ path, remove: true as const })),
    ...(await askFor(typed.ask ?? [], known, tools)),
  ];
}

/** `path=value`, where the value may have more equal signs. */
export function pairOf(text: string, option: string): [string, string] {
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`${option} 不合规则：“${text}”`, `须写作 ${option} 路径=内容。`);
}

/** A command line is seen by everybody on the machine and kept by the shell: nothing personal may be written there. */
function setOf(text: string, known: ReadonlyMap<string, FormField>): Change {
  const [path, value] = pairOf(text, '--set');
  const field = known.get(listPath(path));
  if (field?.access === 'sensitive') throw personal(field, path, `用 --ask ${path} 从键盘输入，或`);
  return { path, value: typedAs(field, value) };
}

function personal({ zh }: FormField, path: string, otherwise = ''): UsageError {
  return new UsageError(`${path}（${zh}）是个人信息，不能写在命令行里`, `${otherwise}用 --changes - 从标准输入读。`);
}

function typedAs(field: FormField | undefined, value: string): string | number {
  return field?.kind === 'number' && /^-?\d{1,15}(?:\.\d+)?$/.test(value) ? Number(value) : value;
}

function addOf(text: string, known: ReadonlyMap<string, FormField>): Change {
  const [path, entry] = pairOf(text, '--add');
  const add = parsed(entry, '--add');
  if (typeof add !== 'object' || add === null || Array.isArray(add)) throw new UsageError('--add 须写作 列表路径={"字段":值,…}');
  const field = personalIn(add, `${listPath(path)}[]`, known);
  if (field !== undefined) throw personal(field, field.path);
  return { path, add };
}

/** A field of an entry, or of lists in it, that must not be written on the command line. */
function personalIn(value: unknown, path: string, known: ReadonlyMap<string, FormField>): FormField | undefined {
  const field = known.get(path);
  if (field?.access === 'sensitive') return field;
  if (typeof value !== 'object' || value === null) return undefined;
  const inner = Object.entries(value).map(([name, one]: [string, unknown]) => personalIn(one, Array.isArray(value) ? `${path}[]` : `${path}.${name}`, known));
  return inner.find((one) => one !== undefined);
}

async function askFor(paths: readonly string[], known: ReadonlyMap<string, FormField>, { around }: Tools): Promise<Change[]> {
  const asked: Change[] = [];
  for (const path of paths) {
    const field = known.get(listPath(path));
    asked.push({ path, value: typedAs(field, await ask(`${field?.zh ?? path} 的新值：`, around)) });
  }
  return asked;
}

async function readChanges(file: string, { around }: Tools): Promise<Change[]> {
  const given = parsed(file === '-' ? await readPiped(around, LONGEST) : textOf(file), '--changes');
  if (Array.isArray(given)) return given as Change[];
  throw new UsageError('--changes 须为 JSON 数组：[{"path":"…","value":"…"}]');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`${file}：读不了`);
  }
}

function parsed(text: string, option: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new UsageError(`${option} 中的不是 JSON`);
  }
}
