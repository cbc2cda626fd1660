import { createHash } from 'node:crypto';
import type { Sent } from './record-lines.ts';

/** One thing an accepted event must bring about on the other side. */
export interface Expected {
  /** The Idempotency-Key under which it must arrive. */
  readonly key: string;
  readonly to: 'centre' | 'hall';
  readonly kind: string;
}

type Target = readonly ['centre' | 'hall', string];

const TARGETS: Readonly<Record<string, readonly Target[]>> = {
  'case.received': [['centre', 'open']],
  'case.supplement.submitted': [['centre', 'supplement']],
  'case.voided': [['centre', 'void'], ['hall', 'result']],
  'case.accepted': [['hall', 'acceptance']],
  'case.supplement.required': [['hall', 'supplement_notice']],
  'case.returned': [['hall', 'result']],
  'case.step.recorded': [['hall', 'step']],
  'case.suspended': [['hall', 'special_procedure']],
  'case.resumed': [['hall', 'special_procedure']],
  'case.decided': [['hall', 'step']],
  'case.completed': [['hall', 'result']],
};

const CORRECTED: Readonly<Record<string, Target>> = {
  'case.received': ['centre', 'correct'], 'case.accepted': ['hall', 'acceptance'], 'case.step.recorded': ['hall', 'step'], 'case.completed': ['hall', 'result'],
};

function targetsOf(sent: Sent): readonly Target[] {
  if (sent.type === 'case.withdrawn') return sent.source === '/centre' ? [['hall', 'result']] : [['centre', 'withdraw'], ['hall', 'result']];
  if (sent.type !== 'case.corrected') return TARGETS[sent.type] ?? [];
  const target = CORRECTED[String(sent.facts.corrects)];
  return target === undefined ? [] : [target];
}

/** The published rule for a transfer's id, worked out independently: the door's answer must name the same. */
export function transferKey(source: string, id: string, to: 'centre' | 'hall'): string {
  return `tr_${createHash('sha256').update(`${source}\n${id}\n${to}`).digest('base64url').slice(0, 27)}`;
}

/** What must arrive once the event was accepted; nothing for paper and permissions. */
export function expectedOf(sent: Sent): Expected[] {
  return targetsOf(sent).map(([to, kind]) => ({ key: transferKey(sent.source, sent.id, to), to, kind }));
}

/** The transfer a door names in its answer: towards the centre for what halls and bureau say, towards the hall for the centre. */
export function keyInAnswer(source: string, id: string): string {
  return transferKey(source, id, source === '/centre' ? 'hall' : 'centre');
}
