import { describe, expect, it } from '@jest/globals';
import { cloneStatement, type Column } from './clone-columns.ts';
import { largestThatFits, roundSize } from './disk-room.ts';
import { beginningFor } from './fill-ledger.ts';
import { madeNumber, SEARCHES, TIMELINE, type LedgerFacts } from './ops-queries.ts';

const text = (name: string): Column => ({ name, type: 'text' });
const CASES: Column[] = [text('project_no'), text('applicant_index'), text('status'), { name: 'created_at', type: 'timestamp with time zone' }, { name: 'canary', type: 'boolean' }];

describe('the statement that clones cases', () => {
  it('fills every column that the table has, so that one a migration adds is not forgotten', () => {
    expect(cloneStatement('cases', CASES)).toContain('insert into cases ("project_no", "applicant_index", "status", "created_at", "canary")');
    expect(cloneStatement('cases', CASES)).toContain('s."canary"');
  });

  it('moves instants to the clone\'s own time', () => {
    expect(cloneStatement('cases', CASES)).toContain('s."created_at" + d.shift');
  });

  it('says so when a column it must set is gone', () => {
    expect(() => cloneStatement('cases', CASES.slice(1))).toThrow(/project_no.*generator/);
  });
});

describe('the room on the disk', () => {
  it('leaves a margin, and some for what takes room only for a while', () => {
    expect(largestThatFits(6e9 + 1.1e9, 0, 1_000)).toBe(1_000_000);
  });

  it('is none when less than the margin is free, whatever is there already', () => {
    expect(largestThatFits(1e9, 5_000, 1_000)).toBe(5_000);
  });

  it.each([[8_234_567, 8_000_000], [99_999, 90_000], [7, 7], [0, 0]])('of %d is rounded down to %d', (most, size) => {
    expect(roundSize(most)).toBe(size);
  });
});

describe('the questions of the operators', () => {
  const facts: LedgerFacts = { cases: 1_000, halls: ['410202', '410204'], items: ['X1'], known: ['BENCH00001'], from: new Date('2025-01-01T00:00:00Z'), to: new Date('2026-01-01T00:00:00Z') };

  it('ask for cases that were made, of the hall that made them', () => {
    expect(TIMELINE(facts, () => 0.5).path).toBe(`/api/cases/${madeNumber('410202', 500)}`);
    expect(TIMELINE(facts, () => 0.501).path).toBe('/api/cases/410204-4711-ledger-000000501');
  });

  it('keep certificate numbers out of addresses', () => {
    for (const ask of Object.values(SEARCHES)) expect(ask(facts, () => 0.3).path).not.toContain('BENCH');
  });

  it('are whole whatever the chance', () => {
    for (const chance of [0, 0.5, 0.999_999]) {
      for (const ask of Object.values(SEARCHES)) expect(ask(facts, () => chance).path).not.toMatch(/undefined|NaN|Invalid/);
    }
  });
});

it('the last of the made cases came before now', () => {
  const now = new Date('2026-01-01T00:00:00Z');
  const samples = { count: 100, eventsEach: 6, attemptsEach: 5, transfersPerCase: 5, halls: [], items: [] };
  const begun = beginningFor(1_000_000, samples, now).getTime();
  expect(begun + (200_000 + samples.eventsEach * 2_000) * 30_000).toBeLessThan(now.getTime());
});
