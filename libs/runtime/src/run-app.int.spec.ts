import { afterEach, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('sample-app.fixture.ts', import.meta.url));

interface Line {
  readonly event?: string;
  readonly port?: number;
  readonly msg?: string;
}

describe('running a program', () => {
  const started: ChildProcess[] = [];
  afterEach(() => { for (const child of started.splice(0)) child.kill('SIGKILL'); });

  function run(...args: string[]) {
    const child = spawn(process.execPath, ['--conditions=source', program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    started.push(child);
    const lines: Line[] = [];
    const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line) as Line));
    const exited = Promise.all([once(child, 'exit'), once(reader, 'close')]).then(([[code]]) => code as number);
    return { child, lines, exited, firstLine: once(reader, 'line') };
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('says in one line that it is ready, and closes and exits 0 on %s', async (signal) => {
    const { child, lines, exited, firstLine } = run();
    await firstLine;
    expect(lines[0]).toMatchObject({ event: 'ready', app: 'sample' });
    expect(lines[0]?.port).toBeGreaterThan(0);
    child.kill(signal);
    expect(await exited).toBe(0);
    expect(lines.map(({ event }) => event)).toEqual(['ready', 'stopping', 'stopped']);
  });

  it('says in one line what to do about a port in use, and exits 1', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const { port } = holder.address() as AddressInfo;
    const { lines, exited } = run(String(port));
    expect(await exited).toBe(1);
    holder.close();
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ event: 'start-failed', level: 'fatal' });
    expect(lines[0]?.msg).toMatch(new RegExp(`端口 ${port} 已被占用.*port ${port} on 127\\.0\\.0\\.1 is in use.*set PORT`));
  });

  it('ends although closing hangs, and says so', async () => {
    const { child, lines, exited, firstLine } = run('0', 'hang');
    await firstLine;
    child.kill('SIGTERM');
    expect(await exited).toBe(1);
    expect(lines.at(-1)).toMatchObject({ event: 'stopped-late' });
  });

  it('ends with 1 on an error that nobody caught', async () => {
    const { lines, exited } = run('0', 'crash');
    expect(await exited).toBe(1);
    expect(lines.at(-1)).toMatchObject({ event: 'crashed' });
    expect(lines.at(-1)?.msg).toContain('nobody caught this');
  });

  it('closes and ends with 1 when it has started and turns out to be hopeless, and says what to do', async () => {
    const { lines, exited } = run('0', 'hopeless');
    expect(await exited).toBe(1);
    expect(lines.map(({ event }) => event)).toEqual(['ready', 'hopeless', 'stopped']);
    expect(lines[1]?.msg).toMatch(/gateway\.intake.*参数不同.*rabbitmqctl delete_queue/);
  });
});
