import type { AlertAnswer } from '../alerts/alert.answer.ts';
import type { OperationAnswer } from '../operations/operation.answer.ts';
import type { ShiftNoteAnswer } from './shift-note.answer.ts';

/** One part of the page: its heading, and lines or what to say when there are none. */
type Part = readonly [heading: string, lines: readonly string[]];

/** A note as a page in Markdown, for the log book and for the leadership's report. It says nothing that the note does not. */
export function noteMarkdown(note: ShiftNoteAnswer): string {
  const parts = [...dutyParts(note), ...workParts(note)].map(([heading, lines]) => `## ${heading}\n\n${lines.length === 0 ? '没有。' : lines.map((line) => `- ${line}`).join('\n')}\n`);
  const title = `# 交班记录${note.environment === '' ? '' : `（${inline(note.environment)}）`}\n\n${clock(note.from)} 至 ${clock(note.to)}，北京时间；${clock(note.madeAt)} 生成。\n`;
  return [title, ...parts].join('\n');
}

function dutyParts(note: ShiftNoteAnswer): Part[] {
  const open = note.alerts.filter((alert) => alert.open);
  const { failed, deadLetters, waitingEvents, pendingEdits } = note.now;
  return [
    ['现在', [
      `失败待处理：${failed.length === 0 ? '没有' : failed.map(({ destinationZh, count }) => `${inline(destinationZh)} ${count}`).join('、')}`,
      `死信 ${deadLetters}，等前序的事件 ${waitingEvents}，待批准的更正 ${pendingEdits}`,
    ]],
    ['持续中的告警', open.map(alertLine)],
    ['其间结束的告警', note.alerts.filter((alert) => !alert.open).map(alertLine)],
    ['失败分组', note.failureGroups.map((one) => `${one.firstSeenAt >= note.from ? '**新** ' : ''}${one.statusZh}：${inline(one.destinationZh)}·${inline(one.transferKindZh)}，${inline(one.errorCode ?? one.text)}，`
      + `失败着 ${one.failedNow} 条、${one.casesNow} 件，负责人 ${inline(one.owner ?? '无')}（${one.groupId}）`)],
    ['要盯的期限', note.deadlines.map((one) => `${clock(one.dueAt)}${one.overdue ? ' **已超期**' : ''} ${one.projectNo}，${inline(one.hallZh)}，${inline(one.itemName)}，${one.statusZh}`)],
  ];
}

function workParts(note: ShiftNoteAnswer): Part[] {
  return [
    ['各方接口', note.circuitChanges.map((one) => `${clock(one.recordedAt)} ${inline(one.destinationZh)}：${one.toZh}${one.reason === null ? '' : `，${inline(one.reason)}`}（${inline(one.instance)}）`)],
    ['暂停的通道', note.pausedChannels.map((one) => `${inline(one.channelZh)}：${inline(one.pausedBy)}，${inline(one.reason)}，${clock(one.pausedAt)} 起${one.until === null ? '，没有定恢复时间' : `，到 ${clock(one.until)}`}，积存 ${one.held}`)],
    ['计划维护', note.maintenance.map((one) => `${one.stateZh}：${inline(one.destinationZh)} ${clock(one.from)} 至 ${clock(one.to)}，${inline(one.reason)}（${inline(one.createdBy)}，${one.planId}）`)],
    ['批量操作', note.operations.map(operationLine)],
    ['操作次数', note.actionCounts.map(({ actionZh, count }) => `${actionZh} ${count}`)],
    ['操作', note.actions.map((one) => `${clock(one.at)} ${inline(one.actorName)}：${one.actionZh}，${one.subjectKindZh} ${inline(one.subject)}${one.reason === '' ? '' : `，${inline(one.reason)}`}${one.result === 'done' ? '' : `（${one.resultZh}）`}`)],
  ];
}

function alertLine(alert: AlertAnswer): string {
  const { conditionZh, subjectZh, openedAt, closedAt, acknowledged, mute, maintenance, recurrence } = alert;
  return [
    `${inline(conditionZh)}（${inline(subjectZh)}）`, closedAt === null ? `${clock(openedAt)} 起` : `${clock(openedAt)} 至 ${clock(closedAt)}`,
    ...(recurrence === 0 ? [] : [`第 ${recurrence} 次复发`]),
    acknowledged === null ? '没有人确认' : `${inline(acknowledged.by)} 确认：${inline(acknowledged.note)}`,
    ...(mute === null ? [] : [`静音到 ${clock(mute.until)}：${inline(mute.reason)}`]),
    ...(maintenance === null ? [] : [`计划维护 ${maintenance.planId}`]),
  ].join('，');
}

/** Figures that are 0 for this kind of operation are left out. */
function operationLine({ statusZh, kindZh, reason, creator, operationId, pinned, finishedAt, progress: { delivered, failed, discarded, returned, skipped } }: OperationAnswer): string {
  const done = [`送达 ${delivered}`, `失败 ${failed}`, ...(discarded === 0 ? [] : [`放弃 ${discarded}`]), ...(returned === 0 ? [] : [`退回 ${returned}`]), `跳过 ${skipped}`].join('、');
  return `${statusZh}：${kindZh}，${inline(reason)}，${done}，发起人 ${inline(creator)}（${operationId}）${pinned && finishedAt !== null ? '，结果没有人确认' : ''}`;
}

/** `2026-11-23 09:30` of an instant as the API writes it. */
function clock(instant: string | null): string {
  return instant === null ? '-' : instant.slice(0, '2026-11-23T09:30'.length).replace('T', ' ');
}

/** Text that people and other systems wrote, as text: on one line, and nothing in it is markup. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#!~]/g, (sign) => `\\${sign}`);
}
