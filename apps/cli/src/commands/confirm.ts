import { EXIT } from '../exit-codes.ts';
import { CommandError } from '../gateway/problems.ts';
import { ask } from '../terminal/ask.ts';
import type { Tools } from './tools.ts';

/** Goes on only when the person types y. @throws CommandError with `otherwise`, which says that nothing was done */
export async function confirm(tools: Tools, question: string, otherwise: string): Promise<void> {
  if ((await ask(question, tools.around)).toLowerCase() !== 'y') throw new CommandError(otherwise, EXIT.error);
}
