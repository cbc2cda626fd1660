import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const CHECKOUT = resolve(import.meta.dirname, '../../..');
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'bridgectl-installed-')));
const elsewhere = join(folder, 'elsewhere');
const env = { PATH: `${folder}/bin:${process.env['PATH'] ?? ''}`, HOME: folder, npm_config_prefix: folder, npm_config_cache: join(folder, 'cache') };
const zsh = ['/bin/zsh', '/usr/bin/zsh', '/usr/local/bin/zsh'].find((path) => existsSync(path));

beforeAll(async () => {
  mkdirSync(elsewhere);
  await run('npm', ['link', '--offline', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: CHECKOUT, env, timeout: 150_000 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('bridgectl, installed by npm link', () => {
  it('explains itself from any folder', async () => {
    const { stdout, stderr } = await run('bridgectl', ['--help'], { cwd: elsewhere, env, timeout: 120_000 });
    expect(stderr).toBe('');
    expect(stdout).toContain('bridgectl status');
  });

  it('completes in bash what is typed by half', async () => {
    const line = 'source <(bridgectl completion); COMP_WORDS=(bridgectl dead-l); COMP_CWORD=1; COMP_LINE="bridgectl dead-l"; COMP_POINT=16; _bridgectl_yargs_completions bridgectl dead-l bridgectl; echo "${COMPREPLY[@]}"; complete -p bridgectl';
    const { stdout } = await run('bash', ['--norc', '-c', line], { cwd: elsewhere, env: { ...env, SHELL: '/bin/bash' }, timeout: 120_000 });
    expect(stdout).toMatch(/^dead-letters\n.*-F _bridgectl_yargs_completions.* bridgectl\n$/s);
  });

  it('gives zsh the script that it takes', async () => {
    const { stdout } = await run('bridgectl', ['completion'], { cwd: elsewhere, env: { ...env, SHELL: '/bin/zsh', ZSH_NAME: 'zsh' }, timeout: 120_000 });
    expect(stdout).toContain('compdef _bridgectl_yargs_completions bridgectl');
    if (zsh !== undefined) await run(zsh, ['-f', '-n', '-c', stdout], { env, timeout: 10_000 });
  });
});

describe('bridgectl, from a checkout in which nothing was built', () => {
  it('runs, for it needs no more than its own sources and the packages', async () => {
    const checkout = join(folder, 'checkout');
    for (const part of ['package.json', 'apps/cli', 'libs/evidence']) cpSync(join(CHECKOUT, part), join(checkout, part), { recursive: true });
    symlinkSync(join(CHECKOUT, 'node_modules'), join(checkout, 'node_modules'));
    const { stdout } = await run(process.execPath, [join(checkout, 'apps/cli/bridgectl.mjs'), 'evidence', '--help'], { cwd: elsewhere, env, timeout: 120_000 });
    expect(stdout).toContain('evidence verify');
  });

  it('says what to do where the packages are missing', async () => {
    const bare = join(folder, 'bare');
    cpSync(join(CHECKOUT, 'apps/cli'), join(bare, 'apps/cli'), { recursive: true });
    await expect(run(process.execPath, [join(bare, 'apps/cli/bridgectl.mjs'), 'status'], { env, timeout: 120_000 })).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('npm ci') });
  });
});
