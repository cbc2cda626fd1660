import { GENESIS, linkHash } from './chain.ts';
import type { EvidenceEntry } from './chain.ts';
import { beginLine, columnTime, endLine, entryLine } from './export-lines.ts';
import { RangeDigest, rowLine } from './message-rows.ts';

/** What stands in an export: an action, or that many events under seal. */
export type Step = { readonly reason: string } | { readonly rows: number };

interface Link {
  readonly previous: Buffer;
  readonly lines: readonly string[];
}

/** A sound export of these steps; with `skip`, what comes after the first so many. */
export function exportOf(steps: readonly Step[], skip = 0): string[] {
  const links: Link[] = [];
  let previous: Buffer = GENESIS;
  let next = 1;
  for (const step of steps) {
    const sealed = 'rows' in step ? seal(next, step.rows) : { lines: [], facts: {} };
    const entry = JSON.stringify(entryAt(links.length + 1, step, sealed.facts));
    const hash = linkHash(previous, entry);
    links.push({ previous, lines: [lineOf(links.length + 1, previous, hash, entry), ...sealed.lines] });
    next += sealed.lines.length;
    previous = hash;
  }
  const taken = links.slice(skip);
  const lines = taken.flatMap((link) => link.lines);
  const end = endLine({ entries: taken.length, rows: lines.length - taken.length }, { seq: steps.length, hash: previous.toString('hex') });
  return [beginLine(skip + 1, (taken[0]?.previous ?? previous).toString('hex')), ...lines, end];
}

/** The place where the export of these steps ends. */
export function headOf(lines: readonly string[]): { seq: number; hash: string } {
  const { seq, hash } = JSON.parse(lines.at(-1) ?? '{}') as { seq: number; hash: string };
  return { seq, hash };
}

function seal(from: number, count: number): { lines: string[]; facts: Record<string, unknown> } {
  const digest = new RangeDigest();
  const lines = Array.from({ length: count }, (_, index) => rowLine('events', {
    seq: from + index, source: '/halls/410204', eventId: `e-${from + index}`, type: 'case.received', party: 'hall:410204', projectNo: 'KF-1', dataVersion: 1,
    digest: '0'.repeat(64), occurredAt: '2026-11-20T04:00:00.000000Z', doorAt: '2026-11-20T04:00:00.000000Z', recordedAt: '2026-11-20T04:00:00.123456Z',
  }));
  for (const line of lines) digest.add(line);
  return { lines, facts: { table: 'events', from, to: from + count - 1, rows: count, ...digest.end() } };
}

function entryAt(seq: number, step: Step, facts: Record<string, unknown>): EvidenceEntry {
  const shared = { seq, at: '2026-11-20T04:00:00.000Z', actor: 'account:1', actorName: '测试甲', address: '127.0.0.1', result: 'done', facts };
  return 'rows' in step
    ? { ...shared, kind: 'messages', action: 'messages.sealed', subjectKind: 'events', subject: `${String(facts['from'])}`, reason: '' }
    : { ...shared, kind: 'action', action: 'transfer.replayed', subjectKind: 'transfer', subject: `tr_${seq}`, reason: step.reason };
}

function lineOf(seq: number, previous: Buffer, hash: Buffer, entry: string): string {
  const { at, kind, actor, action, subjectKind, subject } = JSON.parse(entry) as EvidenceEntry;
  return entryLine({ seq, at: columnTime(at), kind, actor, action, subjectKind, subject, previous: previous.toString('hex'), hash: hash.toString('hex'), entry });
}

/** Another version of the export that differs in one place. */
export function mutated(lines: readonly string[], kind: string, at: number, other: number, character: string): string[] | null {
  const place = at % lines.length;
  const line = lines[place] ?? '';
  const second = other % lines.length;
  switch (kind) {
    case 'a byte': {
      const column = other % line.length;
      return line[column] === character ? null : lines.with(place, line.slice(0, column) + character + line.slice(column + 1));
    }
    case 'removed': return lines.toSpliced(place, 1);
    case 'twice': return lines.toSpliced(place, 0, line);
    case 'moved': return line === lines[second] ? null : lines.with(place, lines[second] ?? '').with(second, line);
    default: return lines.toSpliced(place, 0, character);
  }
}
