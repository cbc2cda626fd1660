import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import type { RecordFile } from '../record/record-file.ts';
import { readFaults } from './faults.ts';
import type { FaultSwitch } from './fault-switch.ts';
import type { Answer, Arrived } from './http-server.ts';

/** What one program adds to the control API they share. */
export interface ControlParts {
  readonly record: RecordFile;
  readonly faults: FaultSwitch;
  /** Hall codes that may have faults of their own. */
  readonly halls: readonly string[];
  readonly status: () => object;
  /** Why the record cannot be emptied now; `null` when it can. */
  readonly busy: () => string | null;
  readonly reset: () => Promise<void>;
  readonly more: Readonly<Record<string, (body: unknown) => Promise<Answer> | Answer>>;
}

function readBody(request: Arrived): unknown {
  return request.body.length === 0 ? {} : JSON.parse(request.body.toString('utf8'));
}

/** The record from a byte on; `x-record-size` says where to go on next time. */
async function streamRecord(record: RecordFile, from: number): Promise<Answer> {
  const size = await record.size();
  const stream = from < size ? createReadStream(record.path, { start: from, end: size - 1 }) : new PassThrough().end();
  return { status: 200, stream, headers: { 'x-record-size': String(size) } };
}

async function reset(parts: ControlParts): Promise<Answer> {
  const busy = parts.busy();
  if (busy !== null) return { status: 409, body: { code: 'busy', detail: busy } };
  await parts.reset();
  return { status: 200, body: parts.status() };
}

function setFaults(parts: ControlParts, body: unknown): Answer {
  parts.faults.set(readFaults(body, parts.halls));
  return { status: 200, body: parts.faults.now };
}

const SHARED: Readonly<Record<string, (parts: ControlParts, request: Arrived) => Promise<Answer> | Answer>> = {
  'GET status': (parts) => ({ status: 200, body: parts.status() }),
  'GET record': (parts, request) => streamRecord(parts.record, Number(request.query.get('from') ?? 0)),
  'GET faults': (parts) => ({ status: 200, body: parts.faults.now }),
  'POST faults': (parts, request) => setFaults(parts, readBody(request)),
  'POST reset': (parts) => reset(parts),
};

/** Answers `/control/*`; `null` for any other path. A wrong order is answered with what is allowed. */
export async function control(parts: ControlParts, request: Arrived): Promise<Answer | null> {
  if (!request.path.startsWith('/control/')) return null;
  if (!request.fromLoopback) return { status: 403, body: { code: 'loopback-only' } };
  const name = `${request.method} ${request.path.slice('/control/'.length)}`;
  const shared = SHARED[name];
  try {
    if (shared !== undefined) return await shared(parts, request);
    return (await parts.more[name]?.(readBody(request))) ?? { status: 404, body: { code: 'no-such-control' } };
  } catch (error) {
    return { status: 400, body: { code: 'wrong-order', detail: error instanceof Error ? error.message : String(error) } };
  }
}
