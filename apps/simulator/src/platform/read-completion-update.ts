import type { Shown } from '../http/deliveries.ts';
import type { Addressed } from '../http/door.ts';
import type { Arrived } from '../http/http-server.ts';
import { factsOf } from '../record/facts.ts';

interface CompletionUpdate {
  readonly recordKind: string;
  readonly projectNo: string;
  readonly updateSequence: number;
}

const UPDATE_PATH = /^\/v1\/halls\/(\d{6})\/completion-updates(?:\/([\w.:-]{1,200}))?$/;

/** `/v1/halls/{code}/completion-updates` takes updates, with a key behind it it tells whether one was applied. */
export function addressOf(path: string): Addressed | null {
  const found = UPDATE_PATH.exec(path);
  return found === null ? null : { hall: found[1] ?? null, key: found[2] ?? null };
}

/** A completion update as the record keeps it, with the hall whose endpoint it came to. */
export function readCompletionUpdate(body: unknown, request: Arrived): Shown {
  const update = body as CompletionUpdate;
  return {
    projectNo: update.projectNo, hall: addressOf(request.path)?.hall ?? null,
    kind: update.recordKind, updateSequence: update.updateSequence, facts: factsOf(update),
  };
}
