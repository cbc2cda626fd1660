import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { CommandError, UsageError } from '../gateway/problems.ts';
import { plain } from '../terminal/plain-text.ts';
import { hoursOf } from './channel-settings.ts';
import { checkConfirmation, confirmCount } from './confirm-count.ts';
import { withPeriod, withReason } from './options.ts';
import { createOperation } from './start-operation.ts';
import type { StartArgs } from './start-operation.ts';
import type { AddCommand, Tools } from './tools.ts';

/** As far as it is shown. */
interface Transfer {
  readonly transferId: string;
  readonly projectNo: string;
  readonly destinationZh: string;
  readonly transferKindZh: string;
  readonly statusZh: string;
  readonly attempts: number;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly replayable: boolean;
  readonly replayRefusal: string | null;
  readonly replayRefusalZh: string | null;
}

interface ReplayArgs extends StartArgs {
  readonly what?: readonly string[] | undefined;
  readonly filter?: Readonly<Record<string, string | undefined>>;
  readonly q?: string | undefined;
  readonly rate?: number | undefined;
  readonly maxInFlight?: number | undefined;
  readonly ladder?: string | undefined;
  readonly hours?: string | undefined;
  readonly abortRatio?: number | undefined;
  readonly override?: boolean | undefined;
}

/** Sending again what failed (重新投递): one transfer, several, a failure group, or what a filter finds. */
export const addReplay: AddCommand = (program, run) => program.command(
  'replay [what..]', '重新投递：投递编号（可几个）、一个失败分组，或按条件、检索式筛选', (command) => withPeriod(withReason(command))
    .positional('what', { describe: 'tr_… 或 fg_…', type: 'string', array: true })
    .option('destination', { describe: '筛选：目的地', type: 'string' }).option('kind', { describe: '筛选：内容种类', type: 'string' })
    .option('hall', { describe: '筛选：大厅编码', type: 'string' }).option('item', { describe: '筛选：事项编码', type: 'string' }).option('event', { describe: '筛选：事件类型', type: 'string' })
    .option('project-no', { describe: '筛选：办件编号', type: 'string' }).option('error-code', { describe: '筛选：错误代码', type: 'string' }).option('error-word', { describe: '筛选：错误类别', type: 'string' })
    .option('q', { describe: '检索式，同 transfers --q；只有失败的会选入', type: 'string' })
    .option('all-failed', { describe: '筛选：所有失败的', type: 'boolean' })
    .option('yes', { describe: '不问；须同时给出 --confirm-count', type: 'boolean' }).option('confirm-count', { describe: '将要投递的条数，与预检不符即不投', type: 'number' })
    .option('rate', { describe: '每秒至多条数，默认 50', type: 'number' }).option('max-in-flight', { describe: '同时在途至多条数，默认 32', type: 'number' })
    .option('ladder', { describe: '金丝雀阶梯，默认 1,10,10%；none 为不用', type: 'string' })
    .option('hours', { describe: '只在这些时段投（北京时间），如 "1-5 18:00-24:00; 6,7 00:00-24:00"，1 为星期一', type: 'string' })
    .option('abort-ratio', { describe: '失败比例超过多少即中止（0–1），默认 0.1', type: 'number' })
    .option('override', { describe: '超出对方识别重复的期限也投（须有批准权限）', type: 'boolean' })
    .option('detach', { describe: '开始后不等结果', type: 'boolean' }),
  run((tools, args) => replay(tools, { ...args, filter: filterOf(args) })),
);

const FILTERS = ['destination', 'kind', 'hall', 'item', 'event', 'projectNo', 'errorCode', 'errorWord', 'from', 'to'] as const;

function filterOf(args: Readonly<Partial<Record<(typeof FILTERS)[number], string>>> & { allFailed?: boolean }): Record<string, string> {
  const given = FILTERS.flatMap((name): [string, string][] => (args[name] === undefined ? [] : [[name, args[name]]]));
  return Object.fromEntries([...given, ...(args.allFailed === true ? [['status', 'failed'] as const] : [])]);
}

async function replay(tools: Tools, args: ReplayArgs): Promise<ExitCode> {
  checkConfirmation(args);
  const selection = selectionOf(args.what ?? [], args.filter ?? {}, args.q);
  const hours = args.hours === undefined ? undefined : hoursOf(args.hours);
  // One that is to wait for its hours is an operation: a single replay goes at once or not at all.
  if (hours === undefined && selection.transferIds?.length === 1 && selection.transferIds[0] !== undefined) return replayOne(tools, selection.transferIds[0], args);
  const { rate, maxInFlight, abortRatio, override } = args;
  return createOperation(tools, {
    kind: 'replay', selection, ratePerSecond: rate, maxInFlight, ladder: ladderOf(args.ladder), hours, abort: abortRatio === undefined ? undefined : { failureRatio: abortRatio }, override,
  }, args);
}

interface Selection {
  readonly transferIds?: readonly string[];
  readonly failureGroup?: string;
  readonly filter?: Readonly<Record<string, string | undefined>>;
  readonly q?: string;
}

/** Exactly one of: transfers, a group, a filter, a search text. */
export function selectionOf(what: readonly string[], filter: Readonly<Record<string, string | undefined>>, q?: string): Selection {
  const filtered = Object.keys(filter).length > 0;
  if ([what.length > 0, filtered, q !== undefined].filter(Boolean).length !== 1) throw new UsageError('请给出投递编号、一个失败分组、筛选条件，或检索式，且只给一种', '例：bridgectl replay fg_… --reason …；bridgectl replay --destination centre --error-code http-503 --reason …');
  if (q !== undefined) return { q };
  if (filtered) return { filter };
  const [first = ''] = what;
  if (first.startsWith('fg_')) {
    if (what.length > 1) throw new UsageError('一次只能重新投递一个失败分组');
    return { failureGroup: first };
  }
  if (what.some((id) => !id.startsWith('tr_'))) throw new UsageError(`不是投递编号（tr_…）或失败分组编号（fg_…）：${what.filter((id) => !id.startsWith('tr_')).join('、')}`);
  return { transferIds: [...new Set(what)] };
}

/** `1,10,10%` as the API takes it. */
export function ladderOf(text: string | undefined): (number | string)[] | undefined {
  if (text === undefined) return undefined;
  if (text === 'none' || text === '') return [];
  return text.split(',').map((rung) => {
    const trimmed = rung.trim();
    if (/^[1-9]\d{0,6}%?$/.test(trimmed)) return trimmed.endsWith('%') ? trimmed : Number(trimmed);
    throw new UsageError(`--ladder 不合规则：“${rung}”`, '须为以逗号分隔的条数或百分比，如 1,10,10%；none 为不用。');
  });
}

async function replayOne(tools: Tools, id: string, args: ReplayArgs): Promise<ExitCode> {
  const { api, out } = tools;
  const path = `/api/transfers/${encodeURIComponent(id)}`;
  const transfer = await api.get<Transfer>(path);
  if (!out.json) out.line(out.pairs([
    ['投递', plain(transfer.transferId)], ['办件', plain(transfer.projectNo)], ['内容', `→ ${plain(transfer.destinationZh)}：${plain(transfer.transferKindZh)}`], ['状态', `${plain(transfer.statusZh)}，已投 ${transfer.attempts} 次`],
    ['错误', [transfer.errorCode, transfer.errorDetail].filter((part) => part !== null).map(plain).join('，') || '-'],
    ['能否重新投递', transfer.replayable ? out.paint('good', '能') : out.paint('bad', `不能：${plain(transfer.replayRefusalZh)}`)],
  ]));
  if (!transfer.replayable && args.override !== true) throw new CommandError(`不能重新投递：${plain(transfer.replayRefusalZh)}（${plain(transfer.replayRefusal)}）`);
  await confirmCount(tools, 1, '投递', args);
  const done = await api.write<{ outcomeZh: string; attempt: number | null }>('POST', `${path}/replay`, { reason: args.reason, ticket: args.ticket, override: args.override });
  if (out.json) out.answer(done);
  else out.line(`${plain(done.outcomeZh)}：${id}（第 ${plain(done.attempt)} 次）。结果：bridgectl trace ${plain(transfer.projectNo)}`);
  return EXIT.ok;
}
