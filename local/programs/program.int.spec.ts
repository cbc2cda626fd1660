import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { freePort } from '../servers/free-port.ts';
import { CHECKOUT, type Profile } from '../servers/profile.ts';
import { Program } from './program.ts';
import { startAll } from './start-all.ts';

type Mode = 'answers' | 'dies' | 'hangs';

describe('a program under our care', () => {
  let profile: Profile;
  const programs: Program[] = [];
  const strangers: Server[] = [];

  beforeAll(() => {
    const home = mkdtempSync(join(tmpdir(), 'programs-'));
    profile = { name: 'x', id: 'x', home, run: home, servers: home, logs: home, secrets: home, durable: false };
  });
  afterEach(async () => {
    await Promise.all(programs.splice(0).map((program) => program.stop()));
    await Promise.all(strangers.splice(0).map((server) => new Promise((resolve) => { server.close(resolve); })));
  });
  afterAll(() => { rmSync(profile.home, { recursive: true }); });

  async function program(name: string, mode: Mode): Promise<Program> {
    const port = await freePort();
    const made = new Program({
      name, script: 'local/programs/stand-in.fixture.ts', nodeArgs: ['--disable-warning=ExperimentalWarning'], port, portSetting: 'X_PORT', readyPath: '/',
      env: { PATH: process.env['PATH'], MODE: mode, PORT: String(port) },
    }, profile);
    programs.push(made);
    return made;
  }

  async function takePortOf({ plan }: Program): Promise<void> {
    const stranger = createServer((_, answer) => { answer.end('ok'); });
    strangers.push(stranger);
    await once(stranger.listen(plan.port, '127.0.0.1'), 'listening');
  }

  it('is not taken for ready because somebody else answers on its port: the start names the port and its setting', async () => {
    const ours = await program('a', 'answers');
    await takePortOf(ours);
    await expect(ours.launch()).rejects.toThrow(new RegExp(`^a：端口 ${ours.plan.port} 已被占用.*X_PORT.* / port ${ours.plan.port} is in use.*X_PORT`));
    expect(ours.pid).toBeNull();
  });

  it('dies with the message of its own last fatal line of this start, in one line', async () => {
    const dying = await program('b', 'dies');
    appendFileSync(dying.logFile, `${JSON.stringify({ level: 'fatal', msg: 'of an earlier start' })}\n`);
    await dying.launch();
    await expect(dying.becomeReady({})).rejects.toThrow(/^b：口令不对 \/ wrong password$/);
  });

  it('does not die with the words of an earlier start', async () => {
    const killed = await program('h', 'hangs');
    writeFileSync(killed.logFile, `${JSON.stringify({ level: 'fatal', msg: 'of an earlier start' })}\n`);
    await killed.launch();
    process.kill(killed.pid ?? 0, 'SIGKILL');
    await expect(killed.watch()).rejects.toThrow(/^h：意外结束（signal SIGKILL）/);
  });

  it('is watched to its end even when that came before', async () => {
    const dying = await program('c', 'dies');
    await dying.launch();
    await expect(dying.becomeReady({})).rejects.toThrow('口令不对');
    await dying.stop();
    await expect(dying.watch()).rejects.toThrow('口令不对');
  });

  it('keeps its starter running for as long as it is watched', async () => {
    const starter = join(profile.home, 'starter.ts');
    const url = (path: string): string => JSON.stringify(pathToFileURL(join(CHECKOUT, path)).href);
    const port = await freePort();
    writeFileSync(starter, `
      import { Program } from ${url('local/programs/program.ts')};
      const program = new Program({ name: 'd', script: 'local/programs/stand-in.fixture.ts', nodeArgs: [], port: ${port}, readyPath: '/', env: { MODE: 'hangs' } }, ${JSON.stringify(profile)});
      await program.launch();
      console.log(program.pid);
      await program.watch().catch((error) => { console.log(error.message); });
    `);
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', starter], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text: Buffer) => { said += text.toString(); });
    await once(child.stdout, 'data');
    process.kill(Number.parseInt(said, 10), 'SIGKILL');
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(said).toContain('d：意外结束（signal SIGKILL）');
  });

  it('calls the others off when it is the first that cannot start: all is over within seconds and the reason is said once', async () => {
    const all = [await program('e', 'hangs'), await program('f', 'dies'), await program('g', 'hangs')];
    const output = new PassThrough() as unknown as NodeJS.WriteStream;
    let shown = '';
    output.on('data', (text: Buffer) => { shown += text.toString(); });
    const waits = all.map((each) => new Promise<void>((over) => {
      const wait = each.becomeReady.bind(each);
      each.becomeReady = (...args) => wait(...args).finally(over);
    }));
    const begun = performance.now();
    await expect(startAll(all, output, new AbortController().signal)).rejects.toThrow(/^f：口令不对 \/ wrong password$/);
    await Promise.all(waits);
    await Promise.all(all.map((each) => each.stop()));
    expect(performance.now() - begun).toBeLessThan(45_000);
    expect(shown).not.toContain('口令不对');
    expect(shown.match(/FAILED/g)).toHaveLength(1);
  });
});
