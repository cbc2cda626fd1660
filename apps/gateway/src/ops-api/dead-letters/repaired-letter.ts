import { digestEvent } from '#contracts';
import type { QueueSpec } from '#contracts';
import type { KeyRing } from '#runtime';
import type { LetterRow } from '../../ledger/letter-verb-rows.ts';
import { maskedPaths, unmaskBody } from '../bodies/unmask-body.ts';
import { isRepairable, repairProblems } from './judge-repair.ts';
import { letterNotRepairable, repairBroken } from './letter-problems.ts';
import { openLetter } from './open-letter.ts';

/** A corrected body, ready to go out. */
export interface RepairedLetter {
  readonly plain: Buffer;
  readonly sealed: Buffer;
  readonly keyVersion: number;
  readonly headers: Record<string, string>;
}

/**
 * The body that goes out instead of a letter's own: with the values that the person was shown masked, validated against what the queue
 * carries, sealed. @throws OpsProblem naming every field that is broken, or why there is nothing to repair
 */
export function repairedLetter(letter: LetterRow, spec: QueueSpec, sent: Record<string, unknown>, keys: KeyRing): RepairedLetter {
  const opened = openLetter(letter, keys);
  if (!isRepairable(spec) || !opened.ok) throw letterNotRepairable(spec.name);
  const body = unmaskBody(sent, opened.body) as Record<string, unknown>;
  const masked = maskedPaths(body).map((field) => ({ field, rule: 'masked', zh: '是脱敏后的样子，请写明原值', en: 'is masked; write what it is' }));
  const problems = [...masked, ...repairProblems(body, opened.body, letter)];
  if (problems.length > 0) throw repairBroken(problems);
  const plain = Buffer.from(JSON.stringify(body));
  const { version, bytes } = keys.seal(plain);
  return { plain, sealed: bytes, keyVersion: version, headers: { ...letter.headers, ...headersOf(body), 'x-key-version': String(version) } };
}

/** What the door says of an event beside it must fit the new body: the same event sent again by its hall is then known as the same. */
function headersOf(event: Record<string, unknown>): Record<string, string> {
  const subject: Record<string, string> = typeof event['subject'] === 'string' ? { 'x-project-no': event['subject'] } : {};
  return { ...subject, 'x-digest': digestEvent(event) };
}
