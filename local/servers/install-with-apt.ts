import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { findProgram } from './binaries.ts';

const POLICY = '/usr/sbin/policy-rc.d';
const LISTS = '/var/lib/apt/lists';
const INSTALL_MS = 600_000;
/** Services that the packages set up for the whole machine; ours are private, so these stay off. */
const SERVICES: Readonly<Record<string, string>> = { 'rabbitmq-server': 'rabbitmq-server', 'redis-server': 'redis-server', 'postgresql': 'postgresql' };

/** Debian or Ubuntu with apt-get, where root may install. */
export function aptIsHere(): boolean {
  return existsSync('/etc/debian_version') && findProgram('apt-get') !== null;
}

/**
 * Installs packages, telling first. The services that come with them are neither started now nor at the next boot:
 * only private instances of them are wanted. Rejects with apt's own words when it fails.
 */
export async function installWithApt(packages: readonly string[], say: (line: string) => void): Promise<void> {
  say(`本机缺少 ${packages.join('、')}，现在用 apt-get 安装（不会启动系统服务）……`);
  await withoutServices(async () => {
    if (!hasLists()) await apt(['update'], say);
    try {
      await apt(['install', '-y', '--no-install-recommends', ...packages], say);
    } catch {
      // The lists may name versions that the mirror has dropped since.
      await apt(['update'], say);
      await apt(['install', '-y', '--no-install-recommends', ...packages], say);
    }
  });
  await disableServices(packages);
}

function hasLists(): boolean {
  return existsSync(LISTS) && readdirSync(LISTS).some((name) => name.includes('_Packages'));
}

/** Debian asks this program before it starts a service; 101 means no. A policy that the machine already has is left alone. */
async function withoutServices(work: () => Promise<void>): Promise<void> {
  if (existsSync(POLICY)) return work();
  writeFileSync(POLICY, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    await work();
  } finally {
    rmSync(POLICY, { force: true });
  }
}

async function disableServices(packages: readonly string[]): Promise<void> {
  const services = packages.map((name) => SERVICES[name]).filter((name) => name !== undefined);
  if (!existsSync('/run/systemd/system') || services.length === 0) return;
  await run('systemctl', ['disable', '--quiet', ...services]).catch(() => undefined);
}

async function apt(args: readonly string[], say: (line: string) => void): Promise<void> {
  say(`  apt-get ${args.join(' ')}`);
  await run('apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=120', ...args]);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: INSTALL_MS, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
    let words = '';
    const listen = (chunk: Buffer): void => { words = (words + chunk.toString()).slice(-4_000); };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(' ')} 失败（${code}）：\n${words.trim()}`));
    });
  });
}
