import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROGRAM = resolve(import.meta.dirname, '../bridgectl.mjs');
const LONGEST_MS = 30_000;

/** How a run of bridgectl ended. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly said: string;
}

/** bridgectl as a program of its own, that knows of no login and no token but what it is given. */
export class Bridgectl {
  readonly home = mkdtempSync(join(tmpdir(), 'bridgectl-home-'));
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Runs it to its end. */
  run(args: readonly string[], { token, input = '' }: { readonly token?: string; readonly input?: string } = {}): Promise<Ended> {
    return this.start(args, token, input).ended;
  }

  /** Starts it: so that it can be interrupted. */
  start(args: readonly string[], token?: string, input = ''): { readonly child: ChildProcess; readonly ended: Promise<Ended>; readonly said: () => string } {
    const env = { PATH: process.env['PATH'], HOME: this.home, BRIDGECTL_URL: this.url, ...(token === undefined ? {} : { BRIDGECTL_TOKEN: token }) };
    const child = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: 'pipe', timeout: LONGEST_MS });
    let [out, said] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => { out += piece.toString('utf8'); });
    child.stderr.on('data', (piece: Buffer) => { said += piece.toString('utf8'); });
    child.stdin.on('error', () => undefined).end(input);
    return { child, said: () => said, ended: new Promise((done, fail) => { child.once('error', fail).once('close', (code) => done({ code, out, said })); }) };
  }
}
