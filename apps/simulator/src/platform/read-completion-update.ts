import type { Shown } from '../http/door.ts';
import type { Arrived } from '../http/http-server.ts';
import { factsOf } from '../record/facts.ts';

interface CompletionUpdate {
  readonly recordKind: string;
  readonly projectNo: string;
  readonly updateSequence: number;
}

export const UPDATE_PATH = /^\/v1\/halls\/(\d{6})\/completion-updates$/;

/** A completion update as the record keeps it, with the hall whose endpoint it came to. */
export function readCompletionUpdate(body: unknown, request: Arrived): Shown {
  const update = body as CompletionUpdate;
  return {
    projectNo: update.projectNo, hall: UPDATE_PATH.exec(request.path)?.[1] ?? null,
    kind: update.recordKind, updateSequence: update.updateSequence, facts: factsOf(update),
  };
}
