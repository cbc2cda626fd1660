import { duration, longTime, plain } from '../terminal/plain-text.ts';
import type { Output } from '../terminal/output.ts';
import { fieldsByPath, listPath } from './edit-form.ts';
import type { EditCheck, EditDetail, FieldDiff, Form, FormField, FormValue, PendingEdit } from './edit-form.ts';

const ACCESS: Readonly<Record<FormField['access'], string>> = { locked: '锁定', sensitive: '可换，不显示', free: '可改' };
const STATES: Readonly<Record<string, string>> = { 'awaiting-approval': '等他人批准', applied: '已采纳', superseded: '已作废', rejected: '已驳回或撤回' };

/** The form with what is in it, then its lists and its words. */
export function formText(form: Form, out: Output): string {
  const head = out.pairs([
    ['投递', plain(form.transferId)], ['办件', plain(form.projectNo)], ['种类', plain(form.transferKindZh)], ['修订', plain(form.revision)],
    ...(form.translatedAnew ? [['从未转换成功', `${plain(form.problemZh)}；下面是按现在的数据和目录重新转换的`] as const] : []),
  ]);
  const known = fieldsByPath(form.fields);
  const rows = [...form.values, ...absentOf(form)].map((one) => fieldRow(one, known.get(listPath(one.path)), out));
  return [head, '', out.table(['字段', '名称', '现值', '更改', '款项', '规则'], rows), ...listsText(known), ...choicesText(known)].join('\n');
}

/** Fields that may be given, and are not. */
function absentOf({ fields, values }: Form): FormValue[] {
  const there = new Set(values.map(({ path }) => path));
  return [...fieldsByPath(fields).values()]
    .filter(({ path, access, fields: inner }) => access !== 'locked' && inner.length === 0 && !path.includes('[]') && !there.has(path))
    .map(({ path, zh, access }) => ({ path, zh, access, value: null }));
}

function fieldRow({ path, zh, access, value }: FormValue, field: FormField | undefined, out: Output): string[] {
  const row = [plain(path), plain(zh), plain(value), ACCESS[access], field?.money === true ? out.paint('warn', '是') : '', field === undefined ? '' : rulesOf(field)];
  return access === 'locked' ? row.map((cell) => out.paint('dim', cell)) : row;
}

function rulesOf({ required, hint, maxLength, min, max, choices, checksum }: FormField): string {
  return [
    ...(required ? ['必填'] : []), ...(hint === null ? [] : [plain(hint)]), ...(maxLength === null ? [] : [`至多 ${maxLength} 字`]),
    ...(min === null && max === null ? [] : [`${min ?? ''}–${max ?? ''}`]), ...(choices === null ? [] : ['可选值见下']),
    ...(checksum === null ? [] : [`校验 ${[...new Set(Object.values(checksum.rules))].map(plain).join('、')}`]),
  ].join('，');
}

function listsText(known: ReadonlyMap<string, FormField>): string[] {
  const lists = [...known.values()].filter(({ entries }) => entries !== null);
  return lists.map(({ path, zh, entries, minItems, maxItems }) => `列表 ${path}（${zh}）：${entries === 'free' ? '可以增减' : '只能去掉'}${maxItems === null ? '' : `，${minItems ?? 0}–${maxItems} 项`}`);
}

/** Fields with the same words are told together. */
function choicesText(known: ReadonlyMap<string, FormField>): string[] {
  const fields = new Map<string, string[]>();
  for (const { path, access, choices } of known.values()) {
    if (choices === null || access === 'locked') continue;
    const words = choices.map(({ value, zh }) => `${plain(value)} ${plain(zh)}`).join('、');
    fields.set(words, [...fields.get(words) ?? [], path]);
  }
  return [...fields].map(([words, paths]) => `可选值 ${paths.join('、')}：${words}`);
}

/** What an edit would come to: what is wrong with it first. */
export function checkText(checked: EditCheck, out: Output): string {
  const { sound, needsApproval, problems, diff } = checked;
  const wrong = problems.map(({ field, zh }) => out.paint('bad', `✗ ${plain(field)}：${plain(zh)}`));
  const verdict = sound ? out.paint('good', '可以提交') : out.paint('bad', problems.length > 0 ? '不能提交，请改正以上各处' : '不能提交：各字段已是这个值，没有更改');
  return [...wrong, diffText(diff, out), `${verdict}${needsApproval ? `；${out.paint('warn', '关系到款项，须由另一人批准后才发出')}` : ''}`].join('\n');
}

export function diffText(diff: readonly FieldDiff[], out: Output): string {
  return out.table(['字段', '名称', '原值', '新值', '款项'], diff.map(({ path, zh, before, after, money }) => [plain(path), plain(zh), plain(before), plain(after), money ? out.paint('warn', '是') : '']));
}

export function pendingText(items: readonly PendingEdit[], out: Output): string {
  return out.table(['更正', '投递', '提出', '提出人', '理由', '更改的字段', '留意'], items.map((one) => [
    plain(one.editId), plain(one.transferId), longTime(one.createdAt), plain(one.author), plain(one.reason), one.changedPaths.map(plain).join('、'), warningOf(one, out),
  ]));
}

/** Who agrees to it answers for this too. */
function warningOf({ beyondDedupeWindow, firstAttemptAgeSeconds }: PendingEdit, out: Output): string {
  if (!beyondDedupeWindow) return '-';
  return out.paint('bad', `首次投递在 ${duration(firstAttemptAgeSeconds)}之前，对方可能已不能识别重复：批准前先向对方核实，再用 --override`);
}

export function editText(one: EditDetail, out: Output): string {
  const facts = out.pairs([
    ['更正', plain(one.editId)], ['投递', `${plain(one.transferId)}（修订 ${one.revision}）`], ['状态', plain(STATES[one.state] ?? one.state)], ['提出', `${longTime(one.createdAt)} ${plain(one.author)}`],
    ['理由', `${plain(one.reason)}${one.ticket === null ? '' : `（${plain(one.ticket)}）`}`], ['决定', one.decidedAt === null ? '-' : `${longTime(one.decidedAt)} ${plain(one.decidedBy)}`],
    ['留意', warningOf(one, out)],
  ]);
  return `${facts}\n\n${diffText(one.diff, out)}`;
}
