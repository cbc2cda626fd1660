import { EXIT } from '../exit-codes.ts';
import { CommandError, UsageError } from '../gateway/problems.ts';
import { ask } from '../terminal/ask.ts';
import type { Tools } from './tools.ts';

export interface Confirmation {
  readonly yes?: boolean | undefined;
  readonly confirmCount?: number | undefined;
}

/** `--yes` says that nobody is asked, so the count must have been said; without it nothing can be confirmed by accident. */
export function checkConfirmation({ yes, confirmCount: count }: Confirmation): void {
  if (yes === true && count === undefined) throw new UsageError('--yes 须同时给出 --confirm-count N', '先不带 --yes 运行，看过预检再定条数。');
  if (count !== undefined && (!Number.isInteger(count) || count < 0)) throw new UsageError('--confirm-count 须为非负整数');
}

/** Has the person type how many it is. @throws CommandError when it is another number */
export async function confirmCount(tools: Tools, count: number, what: string, confirmation: Confirmation): Promise<void> {
  checkConfirmation(confirmation);
  const { confirmCount: said, yes } = confirmation;
  if (said !== undefined && said !== count) throw new CommandError(`条数不符：--confirm-count 写的是 ${said}，预检是 ${count}；没有${what}。`, EXIT.error);
  if (yes === true) return;
  const typed = await ask(`将${what} ${count} 条。键入条数以确认：`, tools.around);
  if (typed !== String(count)) throw new CommandError(`键入的不是 ${count}；没有${what}。`, EXIT.error);
}
