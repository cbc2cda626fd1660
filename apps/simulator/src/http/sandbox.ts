import { now } from '../record/record-lines.ts';
import type { CanaryLine, RecordLine } from '../record/record-lines.ts';
import type { RecordFile } from '../record/record-file.ts';
import { Deliveries } from './deliveries.ts';
import type { DeliveryParts } from './deliveries.ts';
import type { Arrived } from './http-server.ts';

const PREFIX = 'CANARY-';
const HEADER = 'x-jiujin-canary';

/** Whether a delivery asks for the sandbox (拨测). */
export function asksForSandbox(request: Arrived): boolean {
  return request.headers[HEADER] === '1';
}

/** The check of a body that must be a canary's, or must not be one: what is half of each is refused on either side. */
function only(canaries: boolean, faultsOf: DeliveryParts['faultsOf']): DeliveryParts['faultsOf'] {
  const fault = canaries ? `/projectNo must start with ${PREFIX} in the sandbox` : `/projectNo starts with ${PREFIX}, and ${HEADER} is missing`;
  return (body) => {
    const broken = faultsOf(body);
    if (broken.length > 0) return broken;
    return (body as { projectNo: string }).projectNo.startsWith(PREFIX) === canaries ? [] : [fault];
  };
}

/** A canary leaves lines of its own kind, so that nobody takes it for a case. */
function asideOf(line: RecordLine): RecordLine[] {
  if (line.k === 'effect') return [{ k: 'canary', what: 'brought', key: line.key, projectNo: line.projectNo, kind: line.kind, status: null, at: line.at }];
  if (line.k === 'repeat') return [{ k: 'canary', what: 'repeated', key: line.key, projectNo: line.projectNo, kind: null, status: null, at: line.at }];
  return [line];
}

/** The line for an outcome that the sandbox sent. */
export function sentLine(sent: Pick<CanaryLine, 'key' | 'projectNo' | 'kind' | 'status'>): CanaryLine {
  return { k: 'canary', what: 'sent', ...sent, at: now() };
}

/**
 * Where real deliveries go, and where canaries go: the same checks, but the sandbox has its own numbers and its own kind of record, and
 * nothing it takes is a case. A question for a key is answered by either.
 */
export function withSandbox(parts: DeliveryParts & { readonly record: RecordFile }, tryOut: DeliveryParts['apply']): { real: Deliveries; sandbox: Deliveries } {
  const aside = { write: (...lines: readonly RecordLine[]): Promise<void> => parts.record.write(...lines.flatMap(asideOf)) };
  return {
    real: new Deliveries({ ...parts, faultsOf: only(false, parts.faultsOf) }),
    sandbox: new Deliveries({ ...parts, record: aside, faultsOf: only(true, parts.faultsOf), apply: tryOut }),
  };
}
