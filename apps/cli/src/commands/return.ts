import { UsageError } from '../gateway/problems.ts';
import { plain } from '../terminal/plain-text.ts';
import { pairOf } from './edit-changes.ts';
import { withReason } from './options.ts';
import type { AddCommand, Ended, Program, Run, Tools } from './tools.ts';

interface Returned {
  readonly outcomeZh: string;
  readonly transferId: string;
  readonly noticeTransferId?: string;
  readonly noticeNo?: number;
}

const TRANSFER = { describe: '投递编号（tr_…）', type: 'string', demandOption: true } as const;

/** Giving a work item back to its hall because its data are wrong (退回大厅), and taking that back. */
export const addReturn: AddCommand = (program, run) => program.command('return', '退回大厅更正：告知大厅哪里不对；return take-back 为撤回退回', (command) => {
  giving(command, run);
  command.command('take-back <transfer>', '撤回退回：不再等大厅更正，可以重新投递、更正或放弃', (one) => withReason(one).positional('transfer', TRANSFER),
    run((tools, { transfer, reason, ticket }) => act(tools, `${pathOf(transfer)}/return/take-back`, { reason, ticket })));
  return command.demandCommand(0);
});

function giving(program: Program, run: Run): void {
  program.command(['give <transfer>', '$0 <transfer>'], '退回一条投递，须写明哪里不对', (command) => withReason(command).positional('transfer', TRANSFER)
    .option('field', { describe: '字段路径=问题，可给几次；原样告知大厅', type: 'string', array: true, nargs: 1 })
    .option('material', { describe: '材料编码=问题，可给几次；原样告知大厅', type: 'string', array: true, nargs: 1 }),
  run((tools, { transfer, field, material, reason, ticket }) => act(tools, `${pathOf(transfer)}/return`, { reason, ticket, items: itemsOf(field ?? [], material ?? []) })));
}

/** What is wrong, thing by thing. @throws UsageError when nothing is named */
export function itemsOf(fields: readonly string[], materials: readonly string[]): object[] {
  const items = [
    ...fields.map((text) => pairOf(text, '--field')).map(([path, problem]) => ({ path, problem })),
    ...materials.map((text) => pairOf(text, '--material')).map(([materialCode, problem]) => ({ materialCode, problem })),
  ];
  if (items.length > 0) return items;
  throw new UsageError('请写明哪里不对', '用 --field 字段路径=问题 或 --material 材料编码=问题，可给几次；字段见 bridgectl edit form。');
}

async function act({ api, out }: Tools, path: string, body: object): Ended {
  const done = await api.write<Returned>('POST', path, body);
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${plain(done.transferId)}${done.noticeTransferId === undefined ? '' : `，告知大厅的投递 ${plain(done.noticeTransferId)}（第 ${plain(done.noticeNo)} 号通知）`}`);
}

function pathOf(transfer: string): string {
  return `/api/transfers/${encodeURIComponent(transfer)}`;
}
