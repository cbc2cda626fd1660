import type { Page } from '../gateway/pages.ts';
import { ask, readPiped } from '../terminal/ask.ts';
import { casesText } from './cases.ts';
import type { Case } from './cases.ts';
import { showView } from './show.ts';
import type { AddCommand, Tools } from './tools.ts';

/** As many as the API gives at once; nobody has more cases. */
const MOST = 200;

/** A person's cases (按证件号码查询). The number is typed or piped, never written on the command line: there everybody on the machine could read it. */
export const addPerson: AddCommand = (program, run) => program.command(
  'person', '按证件号码查询某人的办件：号码从键盘或标准输入读；每次留痕', (command) => command
    .option('reason', { describe: '理由，4–500 字，不得含证件号码等', type: 'string', demandOption: true })
    .option('type', { describe: '证件类型（三位代码，如 111）；不给则查所有类型', type: 'string' }),
  run(async (tools, { reason, type }) => {
    const certNo = await certificateNumber(tools);
    return showView<Page<Case>>(tools, {
      ask: () => tools.api.write('POST', '/api/cases/search-by-identity', { certNo, reason, limit: MOST, ...(type === undefined ? {} : { certType: type }) }),
      show: ({ items }) => (items.length === 0 ? '没有此人的办件。' : casesText(items, tools.out)),
    });
  }),
);

function certificateNumber({ around }: Tools): Promise<string> {
  return around.stdin.isTTY === true ? ask('证件号码：', around) : readPiped(around);
}
