import { beforeAll, describe, expect, it } from '@jest/globals';
import { FLOWS } from '../../apps/simulator/src/scenario/flows.ts';
import type { CaseBook, SeenUpdate } from './case-book.fixture.ts';
import { withBridge, type RunningBridge } from './running-bridge.fixture.ts';
import { statusWalk, transfersTo, type CaseView } from './case-view.fixture.ts';

const HALLS = ['410202', '410203', '410204', '410205'];
const RUN_MS = 240_000;

interface Story {
  /** The work items the centre must get. */
  readonly centre: string;
  /** The updates the hall must be shown: the kind of record, and `U` for one that corrects. */
  readonly hall: string;
  /** Every status the case must go through. */
  readonly walk: RegExp;
  /** The canonical result, and the platform's code for it. */
  readonly result: string;
}

const THROUGH = 'RECEIVED PENDING_ACCEPTANCE ACCEPTED IN_REVIEW DECIDED COMPLETED';
const REVIEWED = 'acceptance step step result';
const walk = (statuses: string): RegExp => new RegExp(`^${statuses}$`);
const FULL = { centre: 'open', hall: REVIEWED, walk: walk(THROUGH), result: 'APPROVED 10' };

/** What each flow must have brought about in the end, on both sides. */
const STORIES: Readonly<Record<string, Story>> = {
  straight: FULL,
  immediate: { centre: 'open', hall: 'acceptance result', walk: walk('RECEIVED PENDING_ACCEPTANCE ACCEPTED COMPLETED'), result: 'APPROVED 10' },
  immediateRejected: { centre: 'open', hall: 'acceptance result', walk: walk('RECEIVED PENDING_ACCEPTANCE ACCEPTED COMPLETED'), result: 'REJECTED 10' },
  supplement: {
    centre: 'open supplement', hall: `supplement_notice ${REVIEWED}`, result: 'APPROVED 10',
    walk: walk('RECEIVED PENDING_ACCEPTANCE SUPPLEMENT_REQUIRED PENDING_ACCEPTANCE ACCEPTED IN_REVIEW DECIDED COMPLETED'),
  },
  returned: { centre: 'open', hall: 'result', walk: walk('RECEIVED PENDING_ACCEPTANCE RETURNED'), result: 'RETURNED 13' },
  notAccepted: { centre: 'open', hall: 'result', walk: walk('RECEIVED PENDING_ACCEPTANCE RETURNED'), result: 'NOT_ACCEPTED 07' },
  timeout: { centre: 'open', hall: 'supplement_notice result', walk: walk('RECEIVED PENDING_ACCEPTANCE SUPPLEMENT_REQUIRED RETURNED'), result: 'SUPPLEMENT_TIMEOUT 13' },
  rejected: { ...FULL, result: 'REJECTED 10' },
  // The withdrawal may be faster than the receipt of the work item that opens the case.
  withdrawnEarly: { centre: 'open withdraw', hall: 'result', walk: walk('RECEIVED( PENDING_ACCEPTANCE)? WITHDRAWN'), result: 'WITHDRAWN 13' },
  withdrawnSupplement: { centre: 'open withdraw', hall: 'supplement_notice result', walk: walk('RECEIVED PENDING_ACCEPTANCE SUPPLEMENT_REQUIRED WITHDRAWN'), result: 'WITHDRAWN 13' },
  withdrawnAccepted: { centre: 'open withdraw', hall: 'acceptance result', walk: walk('RECEIVED PENDING_ACCEPTANCE ACCEPTED WITHDRAWN'), result: 'WITHDRAWN 13' },
  withdrawnByCentre: { centre: 'open', hall: 'acceptance result', walk: walk('RECEIVED PENDING_ACCEPTANCE ACCEPTED WITHDRAWN'), result: 'WITHDRAWN 13' },
  suspended: {
    centre: 'open', hall: 'acceptance step special_procedure special_procedure step result', result: 'APPROVED 10',
    walk: walk('RECEIVED PENDING_ACCEPTANCE ACCEPTED IN_REVIEW SUSPENDED IN_REVIEW DECIDED COMPLETED'),
  },
  hallCorrected: { ...FULL, centre: 'open correct' },
  acceptanceCorrected: { ...FULL, hall: 'acceptance acceptance/U step step result' },
  stepCorrected: { ...FULL, hall: 'acceptance step step/U step result' },
  completionCorrected: { ...FULL, hall: `${REVIEWED} result/U` },
  voided: { centre: 'open void', hall: 'acceptance result', walk: walk('RECEIVED PENDING_ACCEPTANCE ACCEPTED VOIDED'), result: 'VOIDED 09' },
};

describe('every flow, one case in each hall', () => {
  const bridge = withBridge({ seed: 11 });
  let book: CaseBook;

  beforeAll(async () => {
    for (const flow of Object.keys(FLOWS)) await bridge.begin({ cases: HALLS.length, flow });
    await bridge.finished();
    book = await bridge.caseBook();
  }, RUN_MS);

  it('has a story for every flow that the simulators know', () => {
    expect(Object.keys(STORIES).sort()).toEqual(Object.keys(FLOWS).sort());
  });

  it.each(Object.entries(STORIES))('%s ends as the parties said, in every hall', async (flow, story) => {
    const cases = book.projectNos.filter((projectNo) => projectNo.split('-').includes(flow));
    expect(cases.map((projectNo) => projectNo.slice(0, 6)).sort()).toEqual(HALLS);
    for (const projectNo of cases) {
      expectRecords(book, projectNo, story);
      expectTimeline(await viewOf(bridge, projectNo), story);
    }
  });

  it('leaves nothing lost, duplicated, out of order or altered', async () => {
    expect(await bridge.check()).toMatchObject({ ok: true, cases: HALLS.length * Object.keys(FLOWS).length, findings: [], stuckCount: 0, failed: 0 });
  });
});

describe('a supplement of several rounds, where the policy allows two', () => {
  const bridge = withBridge({
    seed: 12, env: { gateway: { MAX_SUPPLEMENT_ROUNDS: '2' }, platform: { SUPPLEMENT_ROUNDS: '2' }, centre: { SUPPLEMENT_ROUNDS: '2' } },
  });

  it('comes to its end after each number of rounds, with every notice shown and every supplement brought', async () => {
    await bridge.begin({ cases: 12, flow: 'supplement' });
    await bridge.finished();
    const book = await bridge.caseBook();
    const rounds = new Set<number>();
    for (const projectNo of book.projectNos) {
      const view = await viewOf(bridge, projectNo);
      rounds.add(view.supplementRounds);
      const times = (text: string): string => Array<string>(view.supplementRounds).fill(text).join(' ');
      const story = {
        centre: `open ${times('supplement')}`, hall: `${times('supplement_notice')} ${REVIEWED}`, result: 'APPROVED 10',
        walk: walk(`RECEIVED PENDING_ACCEPTANCE ${times('SUPPLEMENT_REQUIRED PENDING_ACCEPTANCE')} ACCEPTED IN_REVIEW DECIDED COMPLETED`),
      };
      expectRecords(book, projectNo, story);
      expectTimeline(view, story);
    }
    expect([...rounds].sort()).toEqual([1, 2]);
    expect(await bridge.check()).toMatchObject({ ok: true, cases: 12, findings: [] });
  }, RUN_MS);
});

/** What both sides wrote down themselves. */
function expectRecords(book: CaseBook, projectNo: string, story: Story): void {
  const updates = book.updates(projectNo);
  expect({ projectNo, centre: book.workItems(projectNo).join(' '), hall: updates.map(nameOf).join(' ') }).toEqual({ projectNo, centre: story.centre, hall: story.hall });
  expect(book.updateNumbers(projectNo)).toEqual(updates.map((_, at) => at + 1));
  const results = updates.flatMap(({ result }) => (result === undefined ? [] : [`${result.code} ${result.platformCode}`]));
  expect([...new Set(results)]).toEqual([story.result]);
}

function nameOf({ recordKind, cdOperation }: SeenUpdate): string {
  return cdOperation === 'I' ? recordKind : `${recordKind}/${cdOperation}`;
}

/** What the operators are told about the same case. */
function expectTimeline(view: CaseView, story: Story): void {
  expect(statusWalk(view)).toMatch(story.walk);
  expect(view).toMatchObject({ status: statusWalk(view).split(' ').at(-1), resultCode: story.result.split(' ')[0], deliveryStatus: 'ACKED', timelineTruncated: false });
  expect(transfersTo(view, 'centre')).toBe(story.centre);
  expect(transfersTo(view, `hall:${view.hallCode}`)).toBe(story.hall.replaceAll('/U', ''));
}

function viewOf(bridge: RunningBridge, projectNo: string): Promise<CaseView> {
  return bridge.ops<CaseView>(`/api/cases/${projectNo}`);
}
