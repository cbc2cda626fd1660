import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../../local/servers/binaries.ts';

const run = promisify(execFile);
const CHECKOUT = resolve(import.meta.dirname, '../..');
const FOLDER = join(CHECKOUT, '.jiujin/tools/prometheus');
const UNPACKED = join(FOLDER, 'usr/bin/promtool');
const DOWNLOAD_MS = 120_000;
const RUN_MS = 240_000;

/** Runs promtool in the checkout and gives what it said. Rejects, with what it said, when it finds fault. */
export async function promtool(...args: readonly string[]): Promise<string> {
  const { command, before } = await commandLine();
  const { stdout } = await run(command, [...before, ...args], { cwd: CHECKOUT, timeout: RUN_MS }).catch((error: unknown) => {
    const { stdout: said = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}\n${said}${stderr}`, { cause: error });
  });
  return stdout;
}

/** The one on the PATH, else Debian's, unpacked beside the private servers; nothing is installed and no service started. Else Docker's. */
async function commandLine(): Promise<{ command: string; before: string[] }> {
  const found = findProgram('promtool') ?? (existsSync(UNPACKED) ? UNPACKED : null) ?? (findProgram('apt-get') === null ? null : await unpack());
  if (found !== null) return { command: found, before: [] };
  const docker = findProgram('docker');
  if (docker === null) throw new Error('promtool is needed to check the alert rules: install the package prometheus, or put promtool on the PATH');
  return { command: docker, before: ['run', '--rm', '-v', `${CHECKOUT}:${CHECKOUT}:ro`, '-w', CHECKOUT, '--entrypoint', 'promtool', 'prom/prometheus:v2.53.4'] };
}

async function unpack(): Promise<string | null> {
  mkdirSync(FOLDER, { recursive: true });
  const options = { cwd: FOLDER, timeout: DOWNLOAD_MS };
  const download = (): Promise<unknown> => run('apt-get', ['-q', 'download', 'prometheus'], options);
  try {
    // Without lists, or with old ones, apt does not know where the package lies.
    await download().catch(() => run('apt-get', ['-q', 'update'], options).then(download));
    const deb = readdirSync(FOLDER).find((name) => name.endsWith('.deb'));
    if (deb !== undefined) await run('dpkg', ['-x', deb, FOLDER], options);
  } catch {
    return null;
  }
  return existsSync(UNPACKED) ? UNPACKED : null;
}
