import { PassThrough } from 'node:stream';
import type { EventType } from '#contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { until, withDatabase } from '../../../../test/support/index.ts';
import { insertEvents } from '../../../gateway/src/ledger/event-rows.ts';
import { anEvent } from '../../../gateway/src/ops-api/ledger-rows.fixture.ts';
import { ACCOUNT, CERT_NO, EditBench, OLD_ACCOUNT, PAYEE, PERSONAL, REGION } from '../../../gateway/src/ops-api/revisions/edit-bench.fixture.ts';
import { Bridgectl } from '../bridgectl.fixture.ts';
import type { Ended } from '../bridgectl.fixture.ts';
import { runBridgectl } from '../program.ts';
import { Written } from '../terminal/fake-terminal.fixture.ts';

const WHY = ['--reason', '大厅来电更正，已核对申请表'];
const SET_REGION = ['--set', `${REGION.path}=${REGION.value}`];
const database = withDatabase();
let edits: EditBench;
let bridgectl: Bridgectl;
let author: string;
let second: string;

beforeAll(async () => {
  edits = await EditBench.open(database.url);
  bridgectl = new Bridgectl(edits.bench.server.url);
  [author, second] = [edits.bench.supervisor.token, edits.second.token];
});
afterAll(() => edits.bench.close());

const ctl = (...args: string[]): Promise<Ended> => bridgectl.run(args, { token: author });
const given = (input: string, ...args: string[]): Promise<Ended> => bridgectl.run(args, { token: author, input });
const other = (...args: string[]): Promise<Ended> => bridgectl.run(args, { token: second });
const revisionOf = async (id: string): Promise<number> => (await edits.bench.one(id)).revision;

/** A change of money that waits. */
async function aPending(): Promise<{ id: string; editId: string }> {
  const { id } = await edits.aFailed();
  return { id, editId: (await edits.edit(id, [PAYEE, REGION])).body.editId ?? '' };
}

/** Somebody at a terminal who answers a question. */
async function typing(answers: readonly (readonly [question: string, answer: string])[], ...args: string[]): Promise<{ code: number; out: string; said: string }> {
  const [stdout, stderr] = [new Written({ isTTY: true, columns: 160 }), new Written({ isTTY: true })];
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const env = { BRIDGECTL_URL: edits.bench.server.url, BRIDGECTL_TOKEN: author, NO_COLOR: '1' };
  const ended = runBridgectl(args, { env, home: '/nonexistent', checkout: '/nonexistent', stdin, stdout, stderr, interrupted: new AbortController().signal });
  for (const [question, answer] of answers) {
    await until(() => stderr.text.includes(question), { within: 60_000, what: question });
    stdin.write(`${answer}\n`);
  }
  return { code: await ended, out: stdout.text, said: stderr.text };
}

describe('bridgectl edit', () => {
  it('shows the form: what each field is called, holds and may become, and nothing personal', async () => {
    const { id } = await edits.aFailed();
    const { code, out } = await ctl('edit', 'form', id);
    expect([code, out]).toEqual([0, expect.stringMatching(/application\.applicant\.certNo +证件号码 +\*{14}0002 +可换，不显示/)]);
    expect(out).toMatch(/application\.materials\[1\]\.materialCode +\S+ +ID_SELF +锁定/);
    expect(out).toMatch(/可选值 .*certType.*：.*01 /);
    expect(PERSONAL.filter((one) => out.includes(one))).toEqual([]);
    expect(JSON.parse((await ctl('edit', 'form', id, '--json')).out)).toMatchObject({ transferId: id, revision: 1 });
  });

  it('tries changes without making them: the difference, what is wrong, and whether a second person is needed', async () => {
    const { id } = await edits.aFailed();
    const sound = await ctl('edit', 'preview', id, ...SET_REGION);
    expect([sound.code, sound.out]).toEqual([0, expect.stringMatching(/application\.regionCode.*410204 +410204001[\s\S]*可以提交/)]);
    const broken = await given(JSON.stringify([{ path: 'application.applicant.certNo', value: '410204199103150007' }]), 'edit', 'preview', id, '--changes', '-');
    expect([broken.code, broken.out]).toEqual([3, expect.stringMatching(/✗ application\.applicant\.certNo：[\s\S]*不能提交/)]);
    expect(broken.out).not.toContain('410204199103150007');
    expect((await ctl('edit', 'preview', id, '--set', 'projectNo=P-1')).said).toContain('field-locked');
    expect(await revisionOf(id)).toBe(1);
  });

  it('takes no personal value from the command line, where everybody on the machine could read it', async () => {
    const { id } = await edits.aFailed();
    const { code, said } = await ctl('edit', 'submit', id, '--set', `${PAYEE.path}=${ACCOUNT}`, ...WHY, '--yes');
    expect([code, said]).toEqual([2, expect.stringContaining(`--ask ${PAYEE.path}`)]);
    expect(said).not.toContain(ACCOUNT);
    const scan = { fileId: 'f-1', name: '测试甲的户口簿.pdf' };
    const added = await ctl('edit', 'preview', id, '--add', `application.materials=${JSON.stringify({ materialCode: 'ID_SELF', attachments: [scan] })}`);
    expect([added.code, added.said]).toEqual([2, expect.stringContaining('application.materials[].attachments[].name（文件名）')]);
    expect(added.said).not.toContain(scan.name);
    expect(await revisionOf(id)).toBe(1);
  });

  it('is submitted after a look at the difference, and only when that is agreed to', async () => {
    const { id } = await edits.aFailed();
    const left = await typing([['键入 y', 'n']], 'edit', 'submit', id, ...SET_REGION, ...WHY);
    expect([left.code, left.said, await revisionOf(id)]).toEqual([1, expect.stringContaining('没有提交'), 1]);
    const { code, out } = await typing([['键入 y', 'y']], 'edit', 'submit', id, ...SET_REGION, ...WHY);
    expect([code, out]).toEqual([0, expect.stringMatching(/410204001[\s\S]*已采纳.*修订 2，第 2 次尝试/)]);
    expect(edits.bench.ordersOf(id)).toEqual([{ attempt: 2, resend: true }]);
  });

  it('of money waits for another, and says so; a value is asked for at the keyboard', async () => {
    const { id } = await edits.aFailed();
    const { code, said, out } = await typing([['的新值', ACCOUNT], ['键入 y', 'y']], 'edit', 'submit', id, '--ask', PAYEE.path, ...WHY);
    expect([code, said, out]).toEqual([3, expect.stringMatching(/edit approve ed_/), expect.stringMatching(/等待他人批准/)]);
    expect(out).not.toContain(ACCOUNT);
    expect((await ctl('edit', 'pending')).out).toContain(id);
  });

  it('in a script gives the outcome alone, does nothing to what is wrong, nor to what somebody changed since it was seen', async () => {
    const { id } = await edits.aFailed();
    const wrong = await ctl('edit', 'submit', id, '--set', 'application.regionCode=x', ...WHY, '--yes');
    expect([wrong.code, wrong.said, await revisionOf(id)]).toEqual([2, expect.stringContaining('没有提交'), 1]);
    const stale = await ctl('edit', 'submit', id, ...SET_REGION, ...WHY, '--yes', '--revision', '7');
    expect([stale.code, stale.said]).toEqual([1, expect.stringContaining('changed-meanwhile')]);
    const done = await ctl('edit', 'submit', id, ...SET_REGION, ...WHY, '--yes', '--json');
    expect([done.code, JSON.parse(done.out)]).toMatchObject([0, { outcome: 'accepted', revision: 2, attempt: 2 }]);
    expect((await ctl('edit', 'submit', id, ...SET_REGION, ...WHY)).code).not.toBe(0);
  });
});

describe('an edit that waits, at the terminal', () => {
  it('is shown masked, revealed to who is to agree, and approved by them and not by its author', async () => {
    const { id, editId } = await aPending();
    const shown = await other('edit', 'show', editId);
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/等他人批准[\s\S]*\*{15}0001 +\*{15}0009/)]);
    const revealed = await other('edit', 'reveal', editId, '--reason', '批准前核对收款账号');
    expect([revealed.code, revealed.out]).toEqual([0, expect.stringMatching(new RegExp(`${PAYEE.path} +${OLD_ACCOUNT} +${ACCOUNT}`))]);
    expect(revealed.out).not.toContain(CERT_NO);
    const own = await ctl('edit', 'approve', editId, '--reason', '同意更正', '--yes');
    expect([own.code, own.said]).toEqual([1, expect.stringContaining('own-edit')]);
    const unasked = await other('edit', 'approve', editId, '--reason', '同意更正');
    expect([unasked.code, await revisionOf(id)]).toEqual([2, 1]);
    const done = await other('edit', 'approve', editId, '--reason', '同意更正', '--yes', '--json');
    expect([done.code, JSON.parse(done.out)]).toMatchObject([0, { outcome: 'accepted', revision: 2 }]);
    const gone = await other('edit', 'approve', editId, '--reason', '同意更正', '--yes');
    expect([gone.code, gone.said]).toEqual([1, expect.stringContaining('--transfer')]);
    expect((await other('edit', 'show', editId, '--transfer', id)).out).toContain('已采纳');
  });

  it('is rejected by another, and withdrawn by nobody but its author', async () => {
    const [one, two] = [await aPending(), await aPending()];
    const stranger = (await edits.bench.server.as('operator', 'supervisor')).token;
    const slip = await bridgectl.run(['edit', 'withdraw', one.editId, '--reason', '填错了'.repeat(2)], { token: stranger });
    expect([slip.code, slip.said]).toEqual([1, expect.stringContaining('不是您')]);
    expect(await ctl('edit', 'withdraw', one.editId, '--reason', '填错了'.repeat(2))).toMatchObject({ code: 0, out: expect.stringContaining('已驳回') as unknown });
    expect(await other('edit', 'reject', two.editId, '--reason', '账号与申请表不符')).toMatchObject({ code: 0, out: expect.stringContaining('已驳回') as unknown });
    expect([await revisionOf(one.id), await revisionOf(two.id)]).toEqual([1, 1]);
  });
});

describe('bridgectl return and mapping', () => {
  it('gives a work item back to its hall with what is wrong, and takes that back', async () => {
    const { id } = await edits.aFailed();
    expect((await ctl('return', id, ...WHY)).said).toContain('请写明哪里不对');
    const { code, out } = await ctl('return', id, '--field', `${REGION.path}=与账户所在区不符`, '--material', 'ID_SELF=复印件不清', ...WHY);
    expect([code, out]).toEqual([0, expect.stringMatching(/告知大厅的投递 tr_\S+（第 99 号通知）/)]);
    expect((await edits.bench.one(id)).returned_at).not.toBeNull();
    expect((await ctl('edit', 'submit', id, ...SET_REGION, ...WHY, '--yes')).said).toContain('awaiting-hall');
    expect(await ctl('return', 'take-back', id, '--reason', '大厅来电撤回')).toMatchObject({ code: 0, out: expect.stringContaining(id) as unknown });
    expect((await edits.bench.one(id)).returned_at).toBeNull();
  });

  it('shows side by side what each field is made from, on demand with the values, masked', async () => {
    const { id } = await edits.aFailed();
    const plain = await ctl('mapping', id);
    expect([plain.code, plain.out]).toEqual([0, expect.stringMatching(/receipt\.applicant\.certType +换算或换码 +application\.applicant\.certType +证件类型/)]);
    const { code, out } = await ctl('mapping', id, '--values');
    expect([code, out]).toEqual([0, expect.stringMatching(/receipt\.applicant\.certType +111 +换算或换码 +application\.applicant\.certType +证件类型 +01/)]);
    expect(PERSONAL.filter((one) => out.includes(one))).toEqual([]);
    expect((await edits.bench.recordsOf(id)).at(-1)).toMatchObject({ action: 'transfer.body-seen' });
    expect((await ctl('mapping', 'tr_none')).code).toBe(1);
  });

  it('shows no other event for the one that a transfer is made from', async () => {
    const { id } = await edits.aFailed();
    const valuesOf = async (): Promise<{ event: { type: string } | null }> => JSON.parse((await ctl('mapping', id, '--values', '--json')).out) as { event: { type: string } | null };
    const { event_id, project_no } = await edits.bench.gateway.db.selectFrom('transfers').innerJoin('events', 'events.seq', 'transfers.event_seq').select(['event_id', 'events.project_no']).where('transfers.id', '=', id).executeTakeFirstOrThrow();
    const also = (source: string, type: EventType): Promise<unknown> => insertEvents(edits.bench.gateway.db, [anEvent(project_no ?? '', event_id, { source, type, recorded_at: new Date(0) })]);
    await also('/centre', 'case.accepted');
    expect((await valuesOf()).event).toMatchObject({ type: 'case.received' });
    await also('/bureau', 'case.received');
    expect((await valuesOf()).event).toBeNull();
  });
});
