import type { ExitCode } from '../exit-codes.ts';
import { EXIT } from '../exit-codes.ts';
import { CommandError, InterruptedError } from '../gateway/problems.ts';
import { plain } from '../terminal/plain-text.ts';
import { ProgressLine } from '../terminal/progress-bar.ts';
import { confirmCount } from './confirm-count.ts';
import type { Confirmation } from './confirm-count.ts';
import { awaitOperation, followOperation, nextStep } from './follow-operation.ts';
import { doingOf, preflightText } from './operation-text.ts';
import type { Operation, OperationDetail } from './operation-text.ts';
import type { Tools } from './tools.ts';

export interface StartArgs extends Confirmation {
  readonly reason: string;
  readonly ticket?: string | undefined;
  readonly detach?: boolean | undefined;
}

/** Notes an operation, and then starts it as one that was noted before. */
export async function createOperation(tools: Tools, wish: object, args: StartArgs): Promise<ExitCode> {
  const created = await tools.api.write<Operation>('POST', '/api/operations', { ...wish, reason: args.reason, ticket: args.ticket });
  if (!tools.out.json) tools.out.aside(`批量操作 ${created.operationId}`);
  return startOperation(tools, created.operationId, args);
}

/** Waits for the preflight, shows it, has the count confirmed, starts, and shows the progress. */
export async function startOperation(tools: Tools, operationId: string, args: StartArgs): Promise<ExitCode> {
  const examined = await preflight(tools, operationId);
  if (!tools.out.json) tools.out.line(preflightText({ ...examined, newSinceText: `${examined.newSince}（不会加入）` }, tools.out));
  if (examined.status !== 'ready') return cannotStart(tools, examined);
  const { toSend } = examined.preflight;
  await confirmCount(tools, toSend, doingOf(examined), args).catch((error: unknown) => { throw unstarted(error, operationId); });
  const started = await tools.api.write<Operation>('POST', `/api/operations/${encodeURIComponent(operationId)}/start`, { reason: args.reason, ticket: args.ticket, confirmCount: toSend });
  if (args.detach !== true) return followOperation(tools, operationId);
  if (tools.out.json) tools.out.answer(started);
  else tools.out.line(`已开始：${operationId}。看进度：bridgectl operations follow ${operationId}`);
  return EXIT.ok;
}

async function preflight(tools: Tools, operationId: string): Promise<OperationDetail> {
  const line = new ProgressLine(tools.out);
  try {
    return await awaitOperation(tools, operationId, ({ status }) => status !== 'freezing' && status !== 'preflight', (operation) => {
      if (!tools.out.json) line.show(`${plain(operation.statusZh)}：选中 ${operation.progress.frozen}，已预检 ${operation.preflight.examined}`);
    });
  } catch (error) {
    throw unstarted(error, operationId);
  } finally {
    line.end();
  }
}

/** It stays as it is, and holds the transfers: whoever leaves it must know that. */
function unstarted(error: unknown, operationId: string): unknown {
  if (!(error instanceof CommandError)) return error;
  const left = `批量操作 ${operationId} 没有开始，仍占着选中的投递：接着做 bridgectl operations start ${operationId} --reason …；不做了 bridgectl operations cancel ${operationId} --reason …`;
  return error instanceof InterruptedError ? new CommandError('已中断', EXIT.interrupted, left) : new CommandError(error.message, error.exitCode, `${error.advice === undefined ? '' : `${error.advice}\n→ `}${left}`);
}

function cannotStart({ out }: Tools, operation: OperationDetail): ExitCode {
  const why = operation.statusReasonZh === null ? '' : `：${plain(operation.statusReasonZh)}`;
  if (out.json) out.answer(operation);
  else if (operation.status === 'awaiting-approval') out.line(nextStep(operation));
  else out.line(`${plain(operation.statusZh)}${why}`);
  return EXIT.bad;
}
