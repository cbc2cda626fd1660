import { HttpException } from '@nestjs/common';
import { OpsProblem } from './ops-problem.ts';

/** SQLSTATE classes and socket errors that mean "the database is away", not "the statement is wrong". */
const AWAY = /^(08|53|57P0|ECONN|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN)/;
const STATEMENT_TIMEOUT = '57014';
/** Others were at the same rows all the while: a deadlock, a serialisation failure, a lock that was not to be had. */
const BUSY = new Set(['40P01', '40001', '55P03']);

/** Whatever was thrown while answering, as the one problem the caller sees. */
export function toProblem(error: unknown): OpsProblem {
  if (error instanceof OpsProblem) return error;
  return ofLedger(textOf(error, 'code'), textOf(error, 'message')) ?? ofRequest(statusOf(error)) ?? ofOurselves();
}

function ofLedger(code: string, message: string): OpsProblem | null {
  if (code === STATEMENT_TIMEOUT) {
    return new OpsProblem('too-slow', {
      detail: 'Narrow the filter (a hall, a shorter period) and ask again.',
      detailZh: '请缩小查询范围（指定大厅或更短的时间段）后重试。',
    });
  }
  if (BUSY.has(code)) {
    return new OpsProblem('ledger-unavailable', {
      detail: 'Others are at work on the same rows; nothing was done, ask again in a few seconds.',
      detailZh: '台账正忙于处理相同的记录；这次什么也没有做，请几秒后重试。',
    });
  }
  if (!AWAY.test(code) && !message.startsWith('timeout exceeded when trying to connect')) return null;
  return new OpsProblem('ledger-unavailable', {
    detail: 'PostgreSQL cannot be reached; nothing is lost, ask again in a few seconds.',
    detailZh: '暂时连不上 PostgreSQL；数据不会丢失，请几秒后重试。',
  });
}

function ofRequest(status: number): OpsProblem | null {
  switch (status) {
    case 400: return new OpsProblem('not-json', { detail: 'Send one JSON object.', detailZh: '请发送一个 JSON 对象。' });
    case 404: return new OpsProblem('route-unknown', { detail: 'The addresses are listed at /api/docs.', detailZh: '可用的地址见 /api/docs。' });
    case 413: return new OpsProblem('too-large', { detail: 'Send a smaller body.', detailZh: '请缩小请求体。' });
    case 415: return new OpsProblem('unsupported-media-type', { detail: 'Send application/json.', detailZh: '请以 application/json 发送。' });
    default:
      return status >= 400 && status < 500
        ? new OpsProblem('request-broken', { detail: `The request was refused (${status}).`, detailZh: `请求被拒绝（${status}）。` })
        : null;
  }
}

function ofOurselves(): OpsProblem {
  return new OpsProblem('internal', {
    detail: 'The error is in the log under the trace id.',
    detailZh: '错误已记入日志，可按链路标识查找。',
  });
}

/** The HTTP status an error of Nest or Fastify carries; 0 when it carries none. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const status = typeof error === 'object' && error !== null ? (error as { statusCode?: unknown }).statusCode : 0;
  return typeof status === 'number' ? status : 0;
}

function textOf(error: unknown, key: 'code' | 'message'): string {
  const value = typeof error === 'object' && error !== null ? (error as Record<string, unknown>)[key] : '';
  return typeof value === 'string' ? value : '';
}
