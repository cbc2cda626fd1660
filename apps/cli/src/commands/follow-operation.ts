import { EXIT } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { CommandError, InterruptedError, UnreachableError } from '../gateway/problems.ts';
import { pause } from '../terminal/pause.ts';
import { plain } from '../terminal/plain-text.ts';
import { ProgressLine } from '../terminal/progress-bar.ts';
import { doingOf, isOver, progressText } from './operation-text.ts';
import type { Operation, OperationDetail } from './operation-text.ts';
import type { Tools } from './tools.ts';

const LOOK_MS = 500;

/** Looks at an operation until something is true of it. A gateway that is away for a while is waited for: the operation lives in the ledger. */
export async function awaitOperation(tools: Tools, operationId: string, until: (operation: Operation) => boolean, tell: (operation: Operation) => void): Promise<OperationDetail> {
  const { api, around: { interrupted } } = tools;
  for (let first = true; ; first = false) {
    try {
      const operation = await api.get<OperationDetail>(`/api/operations/${encodeURIComponent(operationId)}`);
      tell(operation);
      if (until(operation)) return operation;
    } catch (error) {
      if (first || !(error instanceof UnreachableError)) throw error;
    }
    await pause(LOOK_MS, interrupted);
  }
}

/** Shows the progress of an operation until it is over. Ctrl-C ends the looking, and not the operation. */
export async function followOperation(tools: Tools, operationId: string): Promise<ExitCode> {
  const { out } = tools;
  const line = new ProgressLine(out);
  try {
    const ended = await awaitOperation(tools, operationId, (operation) => isOver(operation) || waitsForPerson(operation), (operation) => { if (!out.json) line.show(progressText(operation)); });
    line.end();
    return conclude(tools, ended);
  } catch (error) {
    line.end();
    if (error instanceof InterruptedError) throw goingOn(operationId);
    throw error;
  }
}

/** Nothing goes on by itself from here. */
function waitsForPerson({ status }: Operation): boolean {
  return status === 'paused' || status === 'awaiting-approval' || status === 'ready';
}

function conclude({ out }: Tools, operation: OperationDetail): ExitCode {
  const { operationId, kind, status, statusZh, statusReasonZh, progress: { delivered, failed, discarded, returned = 0, skipped } } = operation;
  if (out.json) out.answer(operation);
  else {
    const counts = kind === 'replay' ? `已送达 ${delivered}，失败 ${failed}` : `已${doingOf(operation)} ${discarded + returned}`;
    out.line(`${plain(operationId)} ${plain(statusZh)}${statusReasonZh === null ? '' : `（${plain(statusReasonZh)}）`}：${counts}，跳过 ${skipped}`);
    if (failed > 0) out.line(`→ 失败的：bridgectl operations items ${operationId} --state failed`);
    if (waitsForPerson(operation)) out.line(`→ ${nextStep(operation)}`);
  }
  return status === 'completed' && failed === 0 ? EXIT.ok : EXIT.bad;
}

/** What somebody has to do so that it goes on. */
export function nextStep({ operationId, status }: Operation): string {
  if (status === 'awaiting-approval') return `须由另一人批准：bridgectl operations approve ${operationId} --reason …，然后 bridgectl operations start ${operationId} --reason …`;
  if (status === 'ready') return `还没有开始：bridgectl operations start ${operationId} --reason …；不做了：bridgectl operations cancel ${operationId} --reason …`;
  return `已暂停：bridgectl operations resume ${operationId} --reason …`;
}

function goingOn(operationId: string): CommandError {
  return new CommandError(
    `不再看了，批量操作 ${operationId} 仍在进行。`, EXIT.interrupted,
    `接着看：bridgectl operations follow ${operationId}；暂停、取消：bridgectl operations pause|cancel ${operationId} --reason …`,
  );
}
