import { readFileSync } from 'node:fs';
import type { Query } from '../gateway/gateway-client.ts';
import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { saveStream } from './save-stream.ts';
import type { AddCommand, Program, Run, Tools } from './tools.ts';

const LIST_END = 400;

/** Lists as files for a spreadsheet (导出). */
export const addExport: AddCommand = (program, run) => program.command('export', '导出为 CSV（已脱敏，留痕）：办件、投递、失败分组、批量操作', (command) => {
  lists(command, run);
  return command
    .command('failure-group <group> <file>', '一个失败分组里现在失败着的投递', (one) => withFile(one).positional('group', { describe: '失败分组编号（fg_…）', type: 'string', demandOption: true }),
      run((tools, { group, file, rows, cursor, force }) => take(tools, `/api/exports/failure-groups/${encodeURIComponent(group)}`, { rows, cursor }, file, force)))
    .command('operation <operation> <file>', '一个批量操作里每条投递的结果', (one) => withFile(one).positional('operation', { describe: '批量操作编号（op_…）', type: 'string', demandOption: true }),
      run((tools, { operation, file, rows, cursor, force }) => take(tools, `/api/exports/operations/${encodeURIComponent(operation)}`, { rows, cursor }, file, force)))
    .demandCommand(1, '请给出 cases、transfers、failure-group 或 operation。');
});

function lists(program: Program, run: Run): void {
  for (const [list, zh] of [['cases', '办件'], ['transfers', '投递']] as const) {
    program.command(`${list} <file>`, `${zh}；--q 为检索式`, (command) => withFile(command).option('q', { describe: '检索式，如 厅:鼓楼 状态:失败', type: 'string' }),
      run((tools, { q, file, rows, cursor, force }) => take(tools, `/api/exports/${list}`, { q, rows, cursor }, file, force)));
  }
}

function withFile(program: Program) {
  return program
    .positional('file', { describe: '写到哪个文件', type: 'string', demandOption: true })
    .option('rows', { describe: '至多几行（默认和上限 10 万）', type: 'number' })
    .option('cursor', { describe: '接着上一个没有导完的文件：其末行给出的 cursor', type: 'string' })
    .option('force', { describe: '覆盖已有的文件', type: 'boolean', default: false });
}

/** The last line of the file says whether it is whole. One without that line broke off, and is not kept. */
async function take({ api, out }: Tools, path: string, query: Query, file: string, force: boolean): Promise<ExitCode> {
  const bytes = await saveStream(() => api.stream(path, query), file, force);
  const end = readFileSync(file).subarray(-LIST_END).toString('utf8').trimEnd().split('\r\n').at(-1) ?? '';
  const whole = end.startsWith('#完');
  if (out.json) out.answer({ file, bytes, whole, cursor: /cursor=([\w-]+)/.exec(end)?.[1] ?? null });
  else out.line(`已导出到 ${file}（${bytes} 字节）。${end.replace(/^#/, '').replaceAll(',', '，').replaceAll('"', '')}`);
  return EXIT.ok;
}
