import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until, withDatabase } from '../../../test/support/index.ts';
import { hashPassword } from '../../gateway/src/access/password-hash.ts';
import { upsertCases } from '../../gateway/src/ledger/case-rows.ts';
import { aCase } from '../../gateway/src/ops-api/ledger-rows.fixture.ts';
import { openBench } from '../../gateway/src/ops-api/ops-bench.fixture.ts';
import type { OpsBench } from '../../gateway/src/ops-api/ops-bench.fixture.ts';
import { addPerson, PASSWORD } from '../../gateway/src/ops-api/ops-browser.fixture.ts';
import { OPS_TOKEN } from '../../gateway/src/ops-api/ops-server.fixture.ts';
import { Bridgectl } from './bridgectl.fixture.ts';
import type { Ended } from './bridgectl.fixture.ts';

const database = withDatabase();
const WHY = ['--reason', '中心系统升级'];
let bench: OpsBench;
let bridgectl: Bridgectl;
let tokens: Record<'viewer' | 'operator' | 'supervisor' | 'auditor', string>;

beforeAll(async () => {
  bench = await openBench(database.url);
  const tokenOf = async (role: keyof typeof tokens): Promise<string> => (await bench.server.as(role)).token;
  tokens = { viewer: await tokenOf('viewer'), operator: await tokenOf('operator'), supervisor: await tokenOf('supervisor'), auditor: await tokenOf('auditor') };
  await upsertCases(bench.db, Array.from({ length: 205 }, (_, index) => aCase(`KF2026-${String(index).padStart(4, '0')}`)));
});
beforeEach(() => {
  bridgectl = new Bridgectl(bench.server.url);
});
afterAll(() => bench.close());

const as = (token: string, ...args: string[]): Promise<Ended> => bridgectl.run(args, { token });

describe('bridgectl, asked about the bridge', () => {
  it.each([
    [['status'], '就近桥'], [['cases', '--hall', '410204', '--limit', '3'], '办件编号'], [['trace', 'KF2026-0001'], '已收件'], [['alerts'], '没有告警'], [['failures'], '没有失败分组'], [['operations'], '没有批量操作'],
    [['queues'], 'gateway.intake'], [['channels'], 'intake:410204'], [['retry-ladder'], '没有在等'], [['dead-letters'], '没有死信'], [['whoami'], 'see-metadata'],
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
    await until(() => seen >= 3, { within: 20_000, what: 'three rounds' });
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

  it('sends nothing again without a confirmed count', async () => {
    const { code, said } = await as(tokens.operator, 'replay', 'tr_unknown', ...WHY);
    expect([code, said]).toEqual([1, expect.stringContaining('没有这条投递')]);
    expect((await as(tokens.operator, 'replay', 'tr_unknown', ...WHY, '--yes')).code).toBe(2);
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

describe('bridgectl doctor', () => {
  const doctor = async (...args: string[]) => {
    const { code, out } = await as(OPS_TOKEN, 'doctor', '--json', ...args);
    const { verdict, findings } = JSON.parse(out) as { verdict: string; findings: { check: string; verdict: string; advice: string | null }[] };
    return { code, verdict, of: (check: string) => findings.filter((finding) => finding.check === check) };
  };

  it('finds a world in which nothing runs, and says for each thing what to do', async () => {
    const { code, verdict, of } = await doctor('--program', 'http://127.0.0.1:1');
    expect([code, verdict]).toEqual([3, 'bad']);
    expect(of('instances').map((finding) => finding.verdict)).toEqual(['bad', 'bad', 'bad']);
    expect(of('program').map((finding) => finding.verdict)).toEqual(['ok', 'bad']);
    expect(of('instances').every(({ advice }) => advice !== null)).toBe(true);
    expect([of('server'), of('clock'), of('token')].flat().map((finding) => finding.verdict)).toEqual(['ok', 'ok', 'ok']);
  });

  it('is content with one in which all run, until something is wrong in it', async () => {
    for (const app of ['gateway', 'district-adapter', 'centre-adapter'] as const) {
      await bench.db.insertInto('edge_instances').values({ app, instance: `${app}-1`, redis_durable: true, reported_at: new Date() }).execute();
    }
    const well = await doctor();
    expect([well.code, well.of('instances').map(({ verdict }) => verdict)]).toEqual([0, ['ok', 'ok', 'ok']]);
    await bench.db.insertInto('alerts').values({ condition: 'circuit-open', subject: 'centre', detail_zh: '端点不通', detail_en: 'down', facts: '{}' }).execute();
    const ill = await doctor();
    expect([ill.code, ill.of('alert')]).toEqual([3, [expect.objectContaining({ verdict: 'bad' })]]);
    expect((await as(OPS_TOKEN, 'status')).code).toBe(3);
  });
});
