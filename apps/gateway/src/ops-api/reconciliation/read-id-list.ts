import type { Readable } from 'node:stream';
import { looksPersonal } from '../personal-numbers.ts';
import { brokenQuery, OpsProblem } from '../problems/ops-problem.ts';

export const MOST_IDS = 100_000;
const MOST_BYTES = 8 * 1024 * 1024;
const LONGEST_LINE = 1_000;
const PROJECT_NO = /^[A-Za-z0-9-]{1,50}$/;

/**
 * Reads a list of project numbers, one a line; of a line with more columns, the first. The first line may be a heading. Each number counts once. What is kept
 * while reading is the numbers alone. @throws OpsProblem `too-large` or `query-broken`, which names the line and not what stands in it
 */
export async function readIdList(body: Readable): Promise<string[]> {
  const ids = new Set<string>();
  let [rest, bytes, line] = ['', 0, 0];
  // Numbers are ASCII; a heading may be in GBK, as spreadsheets here save it, and is not looked at.
  // A request that is destroyed takes nothing more off its connection, on which the next one waits.
  for await (const piece of body.setEncoding('latin1').iterator({ destroyOnReturn: false }) as AsyncIterable<string>) {
    bytes += piece.length;
    if (bytes > MOST_BYTES) throw tooLarge();
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw broken(line + lines.length + 1);
    for (const text of lines) addId(ids, text, line += 1);
  }
  addId(ids, rest, line + 1);
  return [...ids].sort();
}

function addId(ids: Set<string>, text: string, line: number): void {
  const [first = ''] = text.replace(/^\u00EF\u00BB\u00BF/, '').split(/[,;\t]/);
  const id = first.trim().replace(/^"(.*)"$/, '$1').trim();
  if (id === '') return;
  if (!PROJECT_NO.test(id)) {
    if (line === 1) return;
    throw broken(line);
  }
  if (looksPersonal(id)) throw brokenQuery([{ field: `line ${line}`, rule: 'notPersonal', zh: `第 ${line} 行像是证件号码或手机号；只要办件编号`, en: 'looks like a certificate or phone number; project numbers only' }]);
  ids.add(id);
  if (ids.size > MOST_IDS) throw tooLarge();
}

function broken(line: number): OpsProblem {
  return brokenQuery([{ field: `line ${line}`, rule: 'projectNo', zh: `第 ${line} 行不是办件编号（1–50 位字母、数字或连字符）`, en: 'is not a project number: 1 to 50 letters, digits or hyphens' }]);
}

function tooLarge(): OpsProblem {
  return new OpsProblem('too-large', { detail: `A list holds ${MOST_IDS} numbers at most, 8 MiB.`, detailZh: `一份清单至多 ${MOST_IDS} 个编号，8 MiB。` });
}
