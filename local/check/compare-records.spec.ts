import { describe, expect, it } from '@jest/globals';
import { transferKey } from './expected-transfers.ts';
import type { Effect } from './record-lines.ts';
import type { CheckReport } from './report.ts';
import { changed, effectAt, eventId, judge, keyOf, PROJECT, story } from './story.fixture.ts';
import type { Told } from './story.fixture.ts';

const CLEAN = { lost: 0, duplicated: 0, outOfOrder: 0, altered: 0, unexplained: 0 };
const counts = ({ lost, duplicated, outOfOrder, altered, unexplained }: CheckReport): typeof CLEAN => ({ lost, duplicated, outOfOrder, altered, unexplained });
const whats = (report: CheckReport): string[] => report.findings.map((finding) => finding.what);
const without = (told: readonly Told[], ...places: number[]): Told[] => told.filter((_, at) => !places.includes(at));

describe('a case that went well', () => {
  it('is completed, with nothing found and every transfer timed', () => {
    expect(judge(story())).toMatchObject({ ...CLEAN, ok: true, cases: 1, completed: 1, stuckCount: 0, transfers: 4, ledgerRead: true, p50Ms: expect.closeTo(20, 0) });
  });

  it('counts what the doors accepted, and what the ledger has not brought to an end', () => {
    expect(judge(story())).toMatchObject({ accepted: 4, unfinished: 0 });
    expect(judge(story(), { statuses: ['delivered', 'in_flight', 'retry_wait', 'held'] })).toMatchObject({ accepted: 4, unfinished: 3, lost: 0 });
  });

  it('is the same whichever record is read first', () => {
    const told = story();
    const apart = [...told.filter(([side]) => side === 'platform'), ...told.filter(([side]) => side === 'centre')];
    expect(judge(apart)).toMatchObject({ ...CLEAN, ok: true, completed: 1, transfers: 4 });
  });

  it('is no worse for deliveries that were repeated without effect', () => {
    const repeat: Told = ['platform', { k: 'repeat', key: keyOf(2), projectNo: PROJECT, same: true, at: Date.now() }];
    expect(judge([...story(), repeat])).toMatchObject({ ...CLEAN, ok: true, repeats: 1 });
  });

  it('is proof only when there was a case at all', () => {
    expect(judge([]).ok).toBe(false);
  });
});

describe('a planted loss is found', () => {
  it.each([0, 1, 2, 3])('when the effect of chapter %d never arrived', (chapter) => {
    const report = judge(without(story(), effectAt(chapter)));
    expect(counts(report)).toEqual({ ...CLEAN, lost: 1 });
    expect([report.ok, report.findings[0]?.detail]).toEqual([false, expect.stringContaining(eventId(chapter))]);
  });

  it('when the ledger never recorded an accepted event, though its effect is there', () => {
    expect(counts(judge(story(), { outcomes: ['applied', 'applied', 'applied'] }))).toEqual({ ...CLEAN, lost: 1 });
  });

  it.each(['refused', 'parked', 'ignored'])('when the ledger %s an event that the door had accepted', (outcome) => {
    const report = judge(without(story(), effectAt(2)), { outcomes: ['applied', 'applied', outcome, 'applied'], statuses: ['delivered', 'delivered', null, 'delivered'] });
    expect(counts(report)).toEqual({ ...CLEAN, lost: 1 });
  });

  it('when an accepted paper event, which has no effect outside, is not in the ledger', () => {
    const own = { id: 'p1', source: '/halls/410204', projectNo: PROJECT, at: 1 };
    const told: Told[] = [
      ['platform', { k: 'sending', n: 9, ...own, type: 'paper.received', sequence: null, dataVersion: 1, facts: {} }],
      ['platform', { k: 'answer', ...own, status: 202, transferId: null }],
    ];
    expect(whats(judge([...story(), ...told]))).toEqual(['accepted-but-not-in-ledger']);
  });

  it('when an update number is missing that no event of the record explains', () => {
    const told = changed(story(), 3, () => ({ updateSequence: 4 }));
    expect(whats(judge(told))).toEqual(['update-number-missing']);
  });
});

describe('a planted duplicate is found', () => {
  const again = (told: readonly Told[], chapter: number, change: Partial<Effect>): Told[] => {
    const [side, effect] = told[effectAt(chapter)] as [Told[0], Effect];
    return [...told, [side, { ...effect, n: 99, ...change }]];
  };

  it('when a key was applied twice', () => {
    expect(counts(judge(again(story(), 3, {})))).toEqual({ ...CLEAN, duplicated: 1 });
  });

  it('when one cause was applied a second time under another key', () => {
    expect(counts(judge(again(story(), 0, { key: 'tr_other' }), null))).toEqual({ ...CLEAN, duplicated: 1 });
    expect(counts(judge(again(story(), 3, { key: 'tr_other' }), null))).toEqual({ ...CLEAN, duplicated: 1 });
    expect(counts(judge(again(story(), 3, { key: 'tr_other', updateSequence: 4 }), null))).toEqual({ ...CLEAN, duplicated: 1 });
  });

  it('when two updates bear the same number', () => {
    expect(whats(judge(changed(story(), 3, () => ({ updateSequence: 2 }))))).toEqual(['update-number-twice']);
  });
});

describe('a planted disorder is found', () => {
  it('when two updates arrived in the other order', () => {
    const told = changed(changed(story(), 1, () => ({ n: 3 })), 2, () => ({ n: 2 }));
    const swapped = [...told];
    [swapped[effectAt(1)], swapped[effectAt(2)]] = [told[effectAt(2)] as Told, told[effectAt(1)] as Told];
    expect(counts(judge(swapped))).toEqual({ ...CLEAN, outOfOrder: 1 });
  });

  it('when the updates are numbered in another order than the centre spoke', () => {
    const told = changed(changed(story(), 1, () => ({ n: 3, updateSequence: 2 })), 2, () => ({ n: 2, updateSequence: 1 }));
    const swapped = [...told];
    [swapped[effectAt(1)], swapped[effectAt(2)]] = [told[effectAt(2)] as Told, told[effectAt(1)] as Told];
    expect(counts(judge(swapped))).toEqual({ ...CLEAN, outOfOrder: 1 });
  });

  it('when a later word of the hall reached the centre before an earlier one', () => {
    const own = { id: 'w', source: '/halls/410204', projectNo: PROJECT };
    const told = story();
    const opened = told[effectAt(0)]?.[1] as Effect;
    const withdrawn: Told[] = [
      ['platform', { k: 'sending', n: 8, ...own, type: 'case.withdrawn', sequence: 2, dataVersion: 1, facts: { reason: 'r', withdrawnAt: '2026-11-22T10:00:00+08:00' }, at: opened.at }],
      ['platform', { k: 'answer', ...own, status: 202, transferId: null, at: opened.at }],
      ['centre', { ...opened, n: 0, key: transferKey(own.source, own.id, 'centre'), kind: 'withdraw' }],
    ];
    expect(whats(judge([...told, ...withdrawn], null))).toContain('work-item-out-of-turn');
  });
});

describe('altered content is found', () => {
  const shownIn = (chapter: number, path: string, value: unknown): Told[] => changed(story(), chapter, (effect) => {
    const facts = structuredClone(effect.facts) as Record<string, unknown>;
    const names = path.split('.');
    const last = names.pop() ?? '';
    (names.reduce<unknown>((body, name) => (body as Record<string, unknown>)[name], facts) as Record<string, unknown>)[last] = value;
    return { facts };
  });

  it.each([
    [0, 'application.businessType', '11'], [0, 'application.withdrawalReason', '08'], [0, 'application.applicant.certType', '111'],
    [0, 'application.applicant.certNo', '110105194912310021'], [0, 'application.amount', '100.5'], [0, 'application.ratios.personal', '0.7'],
    [0, 'application.materials', '1:bbbb'], [0, 'application.paper.keptUntil', '2026-12-21'], [0, 'application.windowNo', 'A1'],
    [0, 'hall.code', '410202'], [1, 'acceptance.promise.unitCode', '2'], [1, 'acceptance.acceptedAt', '2026-11-22 02:00:20'],
    [2, 'step.action', '退回'], [3, 'result.code', 'REJECTED'], [3, 'result.platformCode', '13'], [3, 'result.description', '准予办结'],
    [3, 'result.completedBy', '别人'], [3, 'dataVersion', 2], [3, 'cdOperation', 'U'], [3, 'occurredAt', '2026-11-22 10:00:04'],
  ] as const)('in chapter %d at %s', (chapter, path, value) => {
    const report = judge(shownIn(chapter, path, value), null);
    expect(counts(report)).toEqual({ ...CLEAN, altered: 1 });
    expect(report.findings[0]?.detail.endsWith(path)).toBe(true);
  });

  it('when an update was shown at another hall', () => {
    expect(counts(judge(changed(story(), 3, () => ({ hall: '410202' }))))).toEqual({ ...CLEAN, altered: 1 });
  });

  it('when a key came again with other content', () => {
    const repeat: Told = ['platform', { k: 'repeat', key: keyOf(2), projectNo: PROJECT, same: false, at: 1 }];
    expect(whats(judge([...story(), repeat]))).toEqual(['key-reused-with-other-content']);
  });

  it('when the ledger says another end than the hall shows', () => {
    expect(whats(judge(story(), { caseStatus: 'RETURNED' }))).toEqual(['ledger-disagrees']);
  });

  it('when the door named another transfer than the one that came', () => {
    const told = story().map(([side, line]): Told => [side, line.k === 'answer' && line.id === 'e1' ? { ...line, transferId: 'tr_wrong' } : line]);
    expect(whats(judge(told))).toEqual(['answer-names-another-transfer']);
  });
});

describe('what has no explanation is found', () => {
  it('when a work item came for a case nobody sent', () => {
    const stray: Told = ['centre', { ...(story()[effectAt(0)]?.[1] as Effect), key: 'tr_stray', projectNo: 'T-9', n: 77 }];
    expect(judge([...story(), stray], null)).toMatchObject({ unexplained: 1, ok: false });
  });

  it('when an effect has no transfer in the ledger', () => {
    expect(whats(judge(story(), { statuses: ['delivered', 'delivered', 'delivered', null] }))).toEqual(['effect-without-transfer-in-ledger']);
  });

  it('when an event was refused and had an effect all the same', () => {
    const told = story().map(([side, line]): Told => [side, line.k === 'answer' && line.id === 'e3' ? { ...line, status: 422 } : line]);
    expect(judge(told, null)).toMatchObject({ unexplained: 1, failed: 1, ok: false });
  });
});

describe('a case that did not reach its end', () => {
  it('is stuck when either side has not ended it', () => {
    const last = story().length - 1;
    for (const place of [last, last - 1]) expect(judge(without(story(), place))).toMatchObject({ stuck: [PROJECT], stuckCount: 1, completed: 0, ok: false });
  });

  it('is stuck when its receipt was never answered', () => {
    expect(judge(story().slice(0, 1), null)).toMatchObject({ stuckCount: 1, lost: 0, ok: false });
  });

  it('has failed when a transfer of it was given up', () => {
    expect(judge(story(), { statuses: ['delivered', 'delivered', 'failed', 'delivered'] })).toMatchObject({ failed: 1, completed: 0, ok: false });
  });
});
