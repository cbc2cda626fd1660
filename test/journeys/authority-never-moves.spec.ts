import { describe, expect, it } from '@jest/globals';
import { until } from '#test';
import type { CaseView, TimelineEntry } from './case-view.fixture.ts';
import { exampleEvent, minutesAgo, receipt, type SentEvent } from './events.fixture.ts';
import { OutsideParty, type Reply } from './outside-party.fixture.ts';
import { withBridge } from './running-bridge.fixture.ts';

const WITHIN = { within: 60_000, every: 100 };
const GULOU = '/halls/410204';

interface Refusal { refusedBy: string; code: string; reasonZh: string | null; eventId: string | null; eventType: string | null; projectNo: string | null }

const bridge = withBridge({ env: { gateway: { PERMISSION_PATIENCE_MS: '5000', SWEEP_INTERVAL_MS: '500' } } });

const gulou = (event: SentEvent): Promise<Reply> => party('hall-410204').send(`${bridge.url('district-adapter')}/v1${GULOU}/intake-events`, event);
const bureau = (event: SentEvent): Promise<Reply> => party('bureau').send(`${bridge.url('district-adapter')}/v1/bureau/events`, event);
const centre = (event: SentEvent): Promise<Reply> => party('centre').send(`${bridge.url('centre-adapter')}/v1/outcome-events`, event);

function party(appKey: string): OutsideParty {
  const { halls, centre: centreKey, bureau: bureauKey } = bridge.keys;
  const key = appKey === 'centre' ? centreKey : appKey === 'bureau' ? bureauKey : halls[appKey.replace('hall-', '')];
  if (key === undefined) throw new Error(`no key for ${appKey}`);
  return new OutsideParty(appKey, key);
}

function caseOf(projectNo: string): Promise<CaseView> {
  return bridge.ops<CaseView>(`/api/cases/${projectNo}`);
}

/** The case once it stands so; what is not in the ledger yet is waited for. */
function caseAt(projectNo: string, status: string): Promise<CaseView> {
  return until(async () => {
    const view = await caseOf(projectNo);
    return view.status === status ? view : null;
  }, { ...WITHIN, what: `${projectNo} at ${status}` });
}

function refusalOf(projectNo: string): Promise<Refusal> {
  return until(async () => {
    const { items } = await bridge.ops<{ items: Refusal[] }>(`/api/refusals?projectNo=${projectNo}&refusedBy=lifecycle`);
    return items[0];
  }, { ...WITHIN, what: `the refusal of ${projectNo}` });
}

/** A project number that holds its case at the centre: the simulated centre waits for a withdrawal that never comes. */
const held = (event: SentEvent, name: string): SentEvent => ({ ...event, subject: `${name}-withdrawnEarly` });
const forbidden = { status: 403, body: { code: 'not-your-event' } };

describe('a party', () => {
  it('is refused 403 for every event that is not its own to send, whatever the event claims, and the case stays where it is', async () => {
    const opened = held(receipt('A-moved'), 'A-moved');
    expect(await gulou(opened)).toMatchObject({ status: 202 });
    const projectNo = opened.subject ?? '';
    await caseAt(projectNo, 'PENDING_ACCEPTANCE');

    const of = (type: string, source: string): SentEvent => ({ ...exampleEvent(type, `A-moved.${type}`), subject: projectNo, source });
    const outcomes = ['case.accepted', 'case.supplement.required', 'case.returned', 'case.step.recorded', 'case.suspended', 'case.resumed', 'case.decided', 'case.completed'];
    for (const type of outcomes) {
      expect({ type, ...(await gulou(of(type, GULOU))) }).toMatchObject({ type, ...forbidden });
      expect({ type, ...(await gulou(of(type, '/centre'))) }).toMatchObject({ type, ...forbidden });
      expect({ type, ...(await bureau(of(type, '/bureau'))) }).toMatchObject({ type, ...forbidden });
    }
    for (const type of ['case.voided', 'permission.granted', 'permission.revoked']) expect({ type, ...(await gulou(of(type, GULOU))) }).toMatchObject({ type, ...forbidden });
    for (const type of ['case.received', 'case.supplement.submitted', 'case.voided', 'paper.received', 'permission.granted']) {
      expect({ type, ...(await centre(of(type, '/centre'))) }).toMatchObject({ type, ...forbidden });
      expect({ type, ...(await centre(of(type, GULOU))) }).toMatchObject({ type, ...forbidden });
    }
    // The last word of the hall comes through the same queue: once it is there, anything let through before it would be there too.
    expect(await gulou({ ...of('paper.received', GULOU), sequence: undefined })).toMatchObject({ status: 202 });
    await until(async () => (await caseOf(projectNo)).timeline.some(({ type }) => type === 'paper.received'), { ...WITHIN, what: 'the last word of the hall' });
    const view = await caseOf(projectNo);
    expect(view.status).toBe('PENDING_ACCEPTANCE');
    expect(eventsOf(view).map(({ type }) => type)).toEqual(['case.received', 'case.delivery.acknowledged', 'paper.received']);
  });

  it('cannot enter by the door of another one: the key counts, not the address', async () => {
    const event = { ...exampleEvent('case.accepted', 'A-door'), subject: 'A-moved-withdrawnEarly' };
    expect((await party('hall-410204').send(`${bridge.url('centre-adapter')}/v1/outcome-events`, event)).status).toBe(401);
    expect((await party('centre').send(`${bridge.url('district-adapter')}/v1${GULOU}/intake-events`, receipt('A-door'))).status).toBe(401);
    expect(await party('bureau').send(`${bridge.url('district-adapter')}/v1${GULOU}/intake-events`, receipt('A-door'))).toMatchObject({ status: 403 });
    expect(await party('hall-410204').send(`${bridge.url('district-adapter')}/v1/bureau/events`, exampleEvent('permission.revoked', 'A-door'))).toMatchObject({ status: 403 });
  });
});

describe('a clerk without permission', () => {
  it('gets a 202, for the form is right; when no permission has come in time, the ledger refuses the receipt, says why, and opens no case', async () => {
    const event = receipt('A-stranger', { clerk: 'clerk-nobody-named' });
    expect(await gulou(event)).toMatchObject({ status: 202 });
    expect(await refusalOf(event.subject ?? '')).toMatchObject({ refusedBy: 'lifecycle', code: 'no-permission', eventId: event.id, eventType: 'case.received', reasonZh: expect.stringContaining('权限') });
    await expect(caseOf(event.subject ?? '')).rejects.toThrow('404');
    expect((await bridge.record('centre')).filter((line) => line.projectNo === event.subject)).toEqual([]);
  });

  it('cannot correct a case either: its timeline shows the attempt', async () => {
    const opened = held(receipt('A-corrected'), 'A-corrected');
    const { operator: _, ...body } = opened.data;
    expect(await gulou(opened)).toMatchObject({ status: 202 });
    await caseAt(opened.subject ?? '', 'PENDING_ACCEPTANCE');
    const correction = { operator: { id: 'clerk-nobody-named', name: '测试窗口丁' }, reason: '按申请人材料更正', corrects: 'case.received', receipt: body };
    expect(await gulou({ ...opened, id: 'A-corrected.x', type: 'case.corrected', time: minutesAgo(0), dataversion: 2, sequence: 2, data: correction } as SentEvent)).toMatchObject({ status: 202 });
    const entry = await until(async () => eventsOf(await caseOf(opened.subject ?? '')).find(({ type, outcome }) => type === 'case.corrected' && outcome !== 'parked'), { ...WITHIN, what: 'the correction in the timeline' });
    expect(entry).toMatchObject({ outcome: 'refused', code: 'no-permission' });
  });
});

describe('a permission that ends', () => {
  it('keeps what was received before its end, also when that is told later, and covers nothing after it', async () => {
    const clerk = 'clerk-for-an-hour';
    const grant = exampleEvent('permission.granted', 'A-grant', minutesAgo(120));
    expect(await bureau({ ...grant, data: { ...grant.data, grantId: 'A-grant', userId: clerk, validFrom: minutesAgo(120) } })).toMatchObject({ status: 202 });
    const before = receipt('A-before', { clerk, at: minutesAgo(90) });
    expect(await gulou(before)).toMatchObject({ status: 202 });
    await caseAt(before.subject ?? '', 'COMPLETED');

    const revocation = exampleEvent('permission.revoked', 'A-revoke');
    expect(await bureau({ ...revocation, data: { ...revocation.data, grantId: 'A-grant', revokedAt: minutesAgo(60) } })).toMatchObject({ status: 202 });
    const [toldLate, after, tooEarly] = [receipt('A-late', { clerk, at: minutesAgo(61) }), receipt('A-after', { clerk, at: minutesAgo(59) }), receipt('A-early', { clerk, at: minutesAgo(121) })];
    for (const event of [toldLate, after, tooEarly]) expect(await gulou(event)).toMatchObject({ status: 202 });
    await caseAt(toldLate.subject ?? '', 'COMPLETED');
    expect(await refusalOf(after.subject ?? '')).toMatchObject({ code: 'no-permission' });
    expect(await refusalOf(tooEarly.subject ?? '')).toMatchObject({ code: 'no-permission' });
    expect(await caseOf(before.subject ?? '')).toMatchObject({ status: 'COMPLETED', resultCode: 'APPROVED' });
  });
});

function eventsOf({ timeline }: CaseView): TimelineEntry[] {
  return timeline.filter(({ kind }) => kind === 'event');
}
