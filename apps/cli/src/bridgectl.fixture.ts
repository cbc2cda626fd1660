import { spawn } from 'node:child_process';
import type { ChildProcess, ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { runBridgectl } from './program.ts';
import { Written } from './terminal/fake-terminal.fixture.ts';

const CHECKOUT = resolve(import.meta.dirname, '../../..');
const PROGRAM = resolve(import.meta.dirname, '../bridgectl.mjs');
const LONGEST_MS = 120_000;

/** How a run of bridgectl ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
}

/** bridgectl, that knows of no login and no token but what it is given. */
export class Bridgectl {
  readonly home = mkdtempSync(join(tmpdir(), 'bridgectl-home-'));
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Runs a command line to its end, in this process: starting one for each would take longer than what it does. */
  async run(args: readonly string[], { token, input = '' }: { readonly token?: string; readonly input?: string } = {}): Promise<Ended> {
    const [stdout, stderr] = [new Written(), new Written()];
    const env = { BRIDGECTL_URL: this.url, ...(token === undefined ? {} : { BRIDGECTL_TOKEN: token }) };
    const code = await runBridgectl(args, { env, home: this.home, checkout: CHECKOUT, stdin: Readable.from([input]), stdout, stderr, interrupted: new AbortController().signal });
    return { code, out: stdout.text, said: stderr.text };
  }

  /** Runs a line of bash in which `bridgectl` is this one. */
  shell(line: string, token: string): Promise<Ended> {
    const env = { PATH: process.env['PATH'], HOME: this.home, BRIDGECTL_URL: this.url, BRIDGECTL_TOKEN: token };
    const child = spawn('bash', ['-c', `bridgectl() { "${process.execPath}" "${PROGRAM}" "$@"; }; ${line}`], { env, stdio: 'pipe', timeout: LONGEST_MS });
    return endOf(child);
  }

  /** Starts it as a program of its own: so that it can be interrupted. */
  start(args: readonly string[], token?: string, input = ''): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly said: () => string } {
    const env = { PATH: process.env['PATH'], HOME: this.home, BRIDGECTL_URL: this.url, ...(token === undefined ? {} : { BRIDGECTL_TOKEN: token }) };
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: 'pipe', timeout: LONGEST_MS });
    let said = '';
    child.stderr.on('data', (piece: Buffer) => { said += piece.toString('utf8'); });
    child.stdin.on('error', () => undefined).end(input);
    return { child, said: () => said, ended: endOf(child) };
  }
}

function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  let [out, said] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => { out += piece.toString('utf8'); });
  child.stderr.on('data', (piece: Buffer) => { said += piece.toString('utf8'); });
  return new Promise((done, fail) => { child.once('error', fail).once('close', (code) => done({ code, out, said })); });
}
