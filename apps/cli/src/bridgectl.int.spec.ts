import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until, withDatabase } from '../../../test/support/index.ts';
import { digestOfToken } from '../../gateway/src/access/token-digest.ts';
import { hashPassword } from '../../gateway/src/access/password-hash.ts';
import { applicantIndex } from '../../gateway/src/cases/applicant.ts';
import { upsertCases } from '../../gateway/src/ledger/case-rows.ts';
import { aCase, putCase } from '../../gateway/src/ops-api/ledger-rows.fixture.ts';
import { openBench } from '../../gateway/src/ops-api/ops-bench.fixture.ts';
import type { OpsBench } from '../../gateway/src/ops-api/ops-bench.fixture.ts';
import { addPerson, PASSWORD } from '../../gateway/src/ops-api/ops-browser.fixture.ts';
import { recordAction } from '../../gateway/src/evidence/record-action.ts';
import { SealMessages } from '../../gateway/src/evidence/seal-messages.ts';
import { OPS_TOKEN } from '../../gateway/src/ops-api/ops-server.fixture.ts';
import { Bridgectl } from './bridgectl.fixture.ts';
import type { Ended } from './bridgectl.fixture.ts';

const database = withDatabase();
const WHY = ['--reason', '中心系统升级'];
let bench: OpsBench;
let bridgectl: Bridgectl;
let tokens: Record<'viewer' | 'operator' | 'supervisor' | 'auditor' | 'administrator', string>;

beforeAll(async () => {
  bench = await openBench(database.url);
  const tokenOf = async (role: keyof typeof tokens): Promise<string> => (await bench.server.as(role)).token;
  tokens = { viewer: await tokenOf('viewer'), operator: await tokenOf('operator'), supervisor: await tokenOf('supervisor'), auditor: await tokenOf('auditor'), administrator: await tokenOf('administrator') };
  await upsertCases(bench.db, Array.from({ length: 205 }, (_, index) => aCase(`KF2026-${String(index).padStart(4, '0')}`, index === 7 ? { applicant_index: applicantIndex(bench.keys, '111', '41020419900307151X') } : {})));
});
beforeEach(() => {
  bridgectl = new Bridgectl(bench.server.url);
});
afterAll(() => bench.close());

const as = (token: string, ...args: string[]): Promise<Ended> => bridgectl.run(args, { token });

describe('bridgectl, asked about the bridge', () => {
  it.each([
    [['status'], '就近桥'], [['cases', '--hall', '410204', '--limit', '3'], '办件编号'], [['trace', 'KF2026-0001'], '已收件'], [['alerts'], '没有告警'], [['failures'], '没有失败分组'], [['operations'], '没有批量操作'],
    [['queues'], 'gateway.intake'], [['channels'], 'intake:410204'], [['circuits'], '还没有投递过'], [['circuits', 'history'], '没有变化'], [['retry-ladder'], '没有在等'], [['dead-letters'], '没有死信'], [['whoami'], 'see-metadata'],
  ])('%j answers in a table, without colour', async (args, text) => {
    const { code, out, said } = await as(OPS_TOKEN, ...args);
    expect({ code, said }).toEqual({ code: 0, said: '' });
    expect(out).toContain(text);
    expect(out).not.toContain('\u001b');
  });

  it.each([
    [['queues'], '/api/queues', ['asOf']], [['channels'], '/api/channels', ['asOf']], [['cases', '--limit', '2'], '/api/cases?limit=2', []], [['failures'], '/api/failure-groups', []], [['trace', 'KF2026-0001'], '/api/cases/KF2026-0001', []],
  ] as const)('%j --json is exactly what the API answers', async (args, path, moving) => {
    const { out } = await as(OPS_TOKEN, ...args, '--json');
    const still = (answer: unknown): object => Object.fromEntries(Object.entries(answer as object).filter(([name]) => !(moving as readonly string[]).includes(name)));
    expect(still(JSON.parse(out))).toEqual(still((await bench.server.get(path)).body));
  });

  it('finds a person\'s cases by a number that is not on the command line, for whoever may and says why', async () => {
    const find = (token: string): Promise<Ended> => bridgectl.run(['person', '--reason', '申请人来电查询', '--type', '111'], { token, input: '41020419900307151x\n' });
    expect(await find(tokens.operator)).toMatchObject({ code: 0, out: expect.stringContaining('KF2026-0007'), said: '' });
    expect((await find(OPS_TOKEN)).code).toBe(4);
  });

  it('gives a whole list, past its pages: one JSON array, or a line each', async () => {
    const array = JSON.parse((await as(OPS_TOKEN, 'cases', '--all', '--json')).out) as { projectNo: string }[];
    const lines = (await as(OPS_TOKEN, 'cases', '--ndjson')).out.trimEnd().split('\n').map((line) => JSON.parse(line) as { projectNo: string });
    expect(new Set(array.map(({ projectNo }) => projectNo)).size).toBe(205);
    expect(lines).toEqual(array);
    expect(JSON.parse((await as(OPS_TOKEN, 'cases', 'NONE', '--all', '--json')).out)).toEqual([]);
  });

  it('says what is wrong with a question, and who may not ask it', async () => {
    const unknown = await as(OPS_TOKEN, 'trace', 'NO-SUCH');
    expect([unknown.code, unknown.said]).toEqual([1, expect.stringContaining('没有这个办件')]);
    const broken = await as(OPS_TOKEN, 'cases', '--hall', 'x');
    expect([broken.code, broken.said]).toEqual([2, expect.stringContaining('六位数字')]);
    const wrong = await as('not-a-token-of-this-gateway', 'status');
    expect([wrong.code, wrong.said]).toEqual([4, expect.stringContaining('bridgectl login')]);
    const nobody = await bridgectl.run(['status']);
    expect(nobody.code).toBe(4);
    expect(wrong.said + wrong.out).not.toContain('not-a-token');
  });

  it('keeps watching until Ctrl-C, and then ends well', async () => {
    const { child, ended } = bridgectl.start(['retry-ladder', '--watch', '0.3'], OPS_TOKEN);
    let seen = 0;
    child.stdout?.on('data', () => { seen += 1; });
    await until(() => seen >= 3, { within: 60_000, what: 'three rounds' });
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });

  it('gives up on a gateway that never answers', async () => {
    const mute = createServer(() => undefined);
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const { code, said } = await bridgectl.run(['status', '--timeout', '0.5', '--url', `http://127.0.0.1:${(mute.address() as AddressInfo).port}`], { token: OPS_TOKEN });
    mute.closeAllConnections();
    mute.close();
    expect([code, said]).toEqual([1, expect.stringContaining('0.5 秒内没有答复')]);
  });

  it('ends as a program, too, when an answer has begun and never ends', async () => {
    const endless = createServer((_request, answer) => { answer.write('{"items":['); });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { code, said } = await bridgectl.start(['queues', '--timeout', '0.5', '--url', `http://127.0.0.1:${(endless.address() as AddressInfo).port}`], OPS_TOKEN).ended;
    endless.closeAllConnections();
    endless.close();
    expect([code, said]).toEqual([1, expect.stringContaining('0.5 秒内没有答复')]);
  });

  it.each<[string, RequestListener, string]>([
    ['answers with a page', (_request, answer) => { answer.setHeader('content-type', 'text/html').end('<html>welcome</html>'); }, '不是网关'],
    ['answers with a page that says no', (_request, answer) => { answer.writeHead(502).end('<html>bad gateway</html>'); }, 'HTTP 502'],
    ['hangs up', (request) => { request.socket.destroy(); }, '连接中断'],
  ])('says in one sentence what is wrong with a server that %s', async (_what, listener, why) => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { code, out, said } = await bridgectl.run(['queues', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`], { token: OPS_TOKEN });
    server.closeAllConnections();
    server.close();
    expect([code, out, said]).toEqual([1, '', expect.stringContaining(why)]);
    expect(said).not.toMatch(/^ {4}at /m);
  });

  it('says that a token has ended, and how to get another', async () => {
    const client = await bench.server.as('viewer');
    await bench.db.updateTable('api_tokens').set({ expires_at: new Date(0) }).where('token_digest', '=', digestOfToken(client.token)).execute();
    expect(await as(client.token, 'queues')).toMatchObject({ code: 4, out: '', said: expect.stringMatching(/bridgectl login/) });
  });

  it.each([['cases --all --json', 'head -c 20'], ['cases --all', 'head -1'], ['queues --watch 0.3', 'head -1']])('ends quietly when nobody reads on: %s | %s', async (command, reader) => {
    const { said } = await bridgectl.shell(`bridgectl ${command} | ${reader} > /dev/null; echo "ended \${PIPESTATUS[0]}" >&2`, OPS_TOKEN);
    expect(said).toBe('ended 0\n');
  });

  it('does not take its token along to where it is sent on', async () => {
    const asked: unknown[] = [];
    const target = createServer((request, answer) => { asked.push(request.headers.authorization); answer.end('{}'); });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const sender = createServer((_request, answer) => { answer.writeHead(302, { location: `http://127.0.0.1:${(target.address() as AddressInfo).port}/` }).end(); });
    await new Promise<void>((resolve) => sender.listen(0, '127.0.0.1', resolve));
    const { code, said } = await bridgectl.run(['queues', '--url', `http://127.0.0.1:${(sender.address() as AddressInfo).port}`], { token: OPS_TOKEN });
    for (const server of [target, sender]) { server.closeAllConnections(); server.close(); }
    expect([code, asked, said]).toEqual([1, [], expect.stringContaining('转到别处')]);
  });
});

describe('bridgectl, told to do something', () => {
  it('pauses and resumes a channel by who may, with the reason on record', async () => {
    const forbidden = await as(tokens.viewer, 'pause', 'intake:410202', ...WHY);
    expect([forbidden.code, forbidden.said]).toEqual([4, expect.stringContaining('pause-channels')]);
    const paused = await as(tokens.operator, 'pause', 'intake:410202', ...WHY, '--until', '30m');
    expect([paused.code, paused.out]).toEqual([0, expect.stringMatching(/^通道已暂停.*：intake:410202，到 .* 自动恢复\n$/)]);
    const shown = await as(tokens.viewer, 'channels');
    expect(shown.out).toMatch(/intake:410202.*已暂停/);
    expect((await as(tokens.operator, 'pause', 'intake:410202', ...WHY)).said).toContain('channel-paused');
    expect((await as(tokens.operator, 'resume', 'intake:410202', ...WHY)).code).toBe(0);
  });

  it('sets how fast and when a channel sends, one without the other, and tells who changed what', async () => {
    const set = await as(tokens.operator, 'channels', 'set', 'completion:410203', '--rate', '5', '--hours', '1-7 00:00-24:00', ...WHY);
    expect([set.code, set.out]).toEqual([0, '通道设置已更改：completion:410203，每秒至多 5 条，时段 1-7 00:00-24:00\n']);
    expect((await as(tokens.operator, 'channels', 'set', 'completion:410203', '--hours', 'none', ...WHY)).out).toContain('每秒至多 5 条，不限时段');
    expect((await as(tokens.viewer, 'channels')).out).toMatch(/completion:410203.*每秒 5 条/);
    expect((await as(tokens.viewer, 'channels', 'changes', 'completion:410203')).out)
      .toMatch(/operator.*更改通道的限速、投递时段.*投递时段：1-7 00:00-24:00 → 无.*中心系统升级[^]*每秒条数：无 → 5；投递时段：无 → 1-7 00:00-24:00/);
    const wrong = await as(tokens.operator, 'channels', 'set', 'completion:410203', '--hours', '1 17:30-08:30', ...WHY);
    expect([wrong.code, wrong.said]).toEqual([2, expect.stringContaining('跨午夜')]);
    expect((await as(tokens.operator, 'channels', 'set', 'completion:410203', '--rate', 'none', ...WHY)).code).toBe(0);
  });

  it('sends nothing again without a confirmed count', async () => {
    const { code, said } = await as(tokens.operator, 'replay', 'tr_unknown', ...WHY);
    expect([code, said]).toEqual([1, expect.stringContaining('没有这条投递')]);
    expect((await as(tokens.operator, 'replay', 'tr_unknown', ...WHY, '--yes')).code).toBe(2);
  });
});

describe('bridgectl audit', () => {
  it('tells auditors who did what to what, when, why and with what result, narrowed as asked', async () => {
    await as(tokens.operator, 'pause', 'intake:410205', ...WHY);
    const all = await as(tokens.auditor, 'audit', '--action', 'channel.paused', '--subject', 'intake:410205');
    expect([all.code, all.out]).toEqual([0, expect.stringMatching(/暂停通道（channel\.paused） .*通道 intake:410205 .*中心系统升级 .*已完成/)]);
    const { items } = JSON.parse((await as(tokens.auditor, 'audit', '--subject', 'intake:410205', '--json')).out) as { items: { actor: string }[] };
    expect((await as(tokens.auditor, 'audit', '--actor', items[0]?.actor ?? '', '--subject', 'intake:410203')).out).toContain('没有符合条件');
    expect((await as(tokens.operator, 'audit')).code).toBe(4);
  });
});

describe('bridgectl accounts and tokens', () => {
  it('show and change who may come in, by name, and who may not is told', async () => {
    const person = await addPerson(bench.db, ['viewer']);
    expect((await as(tokens.administrator, 'accounts', '--all')).out).toContain(person.name);
    const changed = await as(tokens.administrator, 'accounts', 'roles', person.name, 'operator', '--reason', '调到值班岗位');
    expect([changed.code, changed.out]).toEqual([0, expect.stringContaining(`${person.name}（operator）`)]);
    expect((await as(tokens.administrator, 'accounts', 'show', person.name, '--json')).out).toContain('"roles":["operator"]');
    expect(await as(tokens.administrator, 'accounts', 'disable', 'nobody-of-this-name', ...WHY)).toMatchObject({ code: 1, said: expect.stringContaining('没有用户名为') });
    expect((await as(tokens.operator, 'accounts')).code).toBe(4);
  });

  it('list tokens without the token, and take one back', async () => {
    await bench.server.as('auditor');
    const [listed] = (JSON.parse((await as(tokens.administrator, 'tokens', '--everybody', '--json')).out) as { items: { tokenId: string; name: string }[] }).items;
    expect(listed?.name).toBe('auditor');
    expect(JSON.stringify(listed)).not.toContain('token-for-tests-only');
    expect((await as(tokens.administrator, 'tokens', 'revoke', listed?.tokenId ?? '')).code).toBe(0);
    expect((await as(tokens.administrator, 'tokens', 'revoke', listed?.tokenId ?? '')).code).toBe(1);
    expect((await as(tokens.viewer, 'tokens', '--everybody')).code).toBe(4);
  });
});

describe('bridgectl login', () => {
  it('makes a token that only its owner can read, uses it, and gives it back', async () => {
    const person = await addPerson(bench.db, ['operator'], { password_hash: await hashPassword(PASSWORD) });
    const { code, out, said } = await bridgectl.run(['login', '--name', person.name, '--password-stdin'], { input: `${PASSWORD}\n` });
    expect({ code, said }).toEqual({ code: 0, said: '' });
    const file = join(bridgectl.home, '.config/jiujin/tokens.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const { token } = (JSON.parse(readFileSync(file, 'utf8')) as Record<string, { token: string }>)[bench.server.url] ?? { token: '' };
    expect(token).toMatch(/^jiujin_/);
    expect(out).not.toContain(token);
    expect(await bench.db.selectFrom('sessions').select('account_id').where('account_id', '=', person.id).execute()).toEqual([]);
    expect((await bridgectl.run(['whoami'])).out).toContain('replay');
    expect((await bridgectl.run(['logout'])).code).toBe(0);
    expect((await bridgectl.run(['whoami'])).code).toBe(4);
    expect((await bench.server.ask('/api/session', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
  });

  it('refuses a wrong password without keeping anything', async () => {
    const { code, said } = await bridgectl.run(['login', '--name', 'nobody', '--password-stdin'], { input: 'wrong-password' });
    expect([code, said]).toEqual([4, expect.stringContaining('用户名或密码不正确')]);
    expect((await bridgectl.run(['logout'])).code).toBe(1);
  });
});

describe('bridgectl evidence', () => {
  it('takes the chain away and verifies it with no server; what was tampered with is found', async () => {
    const file = join(bridgectl.home, 'evidence.ndjson');
    // What somebody wrote may hold what Unicode calls the end of a line.
    const caller = { id: 'account:1', name: '测试甲', address: '127.0.0.1' };
    await bench.db.transaction().execute((trx) => recordAction(trx, { caller, action: 'transfer.replayed', subjectKind: 'transfer', subject: 'tr_1', reason: '对方\u2028已恢复', result: 'done' }));
    const exported = await as(tokens.auditor, 'evidence', 'export', file);
    expect([exported.code, statSync(file).mode & 0o777]).toEqual([0, 0o600]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    const { seq, hash } = JSON.parse(lines.at(-1) ?? '{}') as { seq: number; hash: string };
    const offline = new Bridgectl('http://127.0.0.1:1');
    const good = await offline.run(['evidence', 'verify', file, '--head', `${seq}:${hash}`]);
    expect([good.code, good.out]).toEqual([0, expect.stringMatching(/^证据链完好。/)]);
    const forged = await offline.run(['evidence', 'verify', file, '--head', `${seq}:${'0'.repeat(64)}`]);
    expect(forged.code).toBe(3);
    const entry = lines.findIndex((line) => line.includes('channel.paused'));
    expect(entry).toBeGreaterThan(0);
    for (const tampered of [lines.toSpliced(entry, 1), lines.with(entry, (lines[entry] ?? '').replace('中心系统升级', '中心系统升及')), lines.slice(0, -1)]) {
      writeFileSync(file, `${tampered.join('\n')}\n`);
      const bad = await offline.run(['evidence', 'verify', file, '--json']);
      expect([bad.code, JSON.parse(bad.out)]).toEqual([3, expect.objectContaining({ ok: false })]);
    }
  });

  it('of one case is taken away and verified with no server, by itself and as a part of the chain', async () => {
    const [file, traced, chain] = ['case.ndjson', 'traced.ndjson', 'chain.ndjson'].map((name) => join(bridgectl.home, name)) as [string, string, string];
    const projectNo = 'KF2026-PROOF';
    await putCase(bench.db, projectNo, {}, ['delivered']);
    await new SealMessages(bench.db).run();
    expect(await as(tokens.auditor, 'evidence', 'export', '--case', projectNo, '--out', file)).toMatchObject({ code: 0, said: '' });
    expect(await as(tokens.auditor, 'trace', projectNo, '--evidence', traced)).toMatchObject({ code: 0, out: expect.stringContaining(projectNo) as unknown, said: expect.stringContaining('证据已导出到') as unknown });
    expect((await as(tokens.auditor, 'evidence', 'export', chain)).code).toBe(0);
    const offline = new Bridgectl('http://127.0.0.1:1');
    const alone = await offline.run(['evidence', 'verify', file]);
    expect([alone.code, alone.out]).toEqual([0, expect.stringMatching(/^办件的证据完好。[^]*末条记录是否在链上，本文件不能证明/)]);
    const [entry, last] = readFileSync(file, 'utf8').split('\n').filter((line) => line.startsWith('{"line":"entry"')).map((line) => JSON.parse(line) as { seq: number; hash: string });
    const notedAs = async (place: typeof entry): Promise<string> => (await offline.run(['evidence', 'verify', file, '--head', `${place?.seq}:${place?.hash}`])).out;
    expect([await notedAs(entry), await notedAs(last)]).toEqual([expect.stringContaining('本文件不能证明'), expect.not.stringContaining('本文件不能证明')]);
    for (const one of [file, traced]) {
      const { code, out } = await offline.run(['evidence', 'verify', one, '--chain', chain]);
      expect([code, out]).toEqual([0, expect.stringMatching(/^办件的证据完好。[^]*整段导出：证据链完好。/)]);
    }
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    writeFileSync(file, `${lines.toSpliced(1, 1).join('\n')}\n`);
    expect((await offline.run(['evidence', 'verify', file])).code).toBe(3);
    const earlier = readFileSync(chain, 'utf8').split('\n').filter((line) => !line.includes('case.evidence-exported'));
    writeFileSync(chain, earlier.join('\n'));
    expect(JSON.parse((await offline.run(['evidence', 'verify', traced, '--chain', chain, '--json'])).out)).toMatchObject({ ok: false, chain: { problems: expect.arrayContaining([expect.objectContaining({ code: 'place' })]) as unknown } });
  });

  it('is not for everybody, and never overwrites a file', async () => {
    const file = join(bridgectl.home, 'evidence.ndjson');
    expect((await as(tokens.operator, 'evidence', 'export', file)).code).toBe(4);
    writeFileSync(file, 'kept');
    expect((await as(tokens.auditor, 'evidence', 'export', file)).code).toBe(2);
    expect(readFileSync(file, 'utf8')).toBe('kept');
    const head = JSON.parse((await as(tokens.auditor, 'evidence', 'head', '--json')).out) as { seq: number };
    expect(head.seq).toBeGreaterThan(0);
  });
});
