import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildWhenStale } from '../../local/build/build-when-stale.ts';
import { CHECKOUT } from '../../local/servers/profile.ts';

const READY = /全部就绪/;
const PATIENCE_MS = 180_000;

/**
 * Milliseconds from the command of `npm start` to its word that all is ready: private servers without any data, the three programs and both
 * simulators. Packages, the programs of the servers and the build are there.
 */
export async function measureColdStart(profile: string): Promise<number> {
  await buildWhenStale();
  rmSync(join(CHECKOUT, '.jiujin', profile), { recursive: true, force: true });
  const begun = performance.now();
  const child = spawn(process.execPath, [join(CHECKOUT, 'scripts/with-packages.mjs'), 'local/start.ts', '--profile', profile, '--rate', '0.01'], {
    cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  const ready = new Promise<number>((resolve) => {
    const hear = (text: string): void => {
      said += text;
      if (READY.test(said)) resolve(performance.now() - begun);
    };
    child.stdout.setEncoding('utf8').on('data', hear);
    child.stderr.setEncoding('utf8').on('data', hear);
  });
  const timer = setTimeout(() => child.kill('SIGINT'), PATIENCE_MS);
  try {
    return await Promise.race([ready, ended.then(() => { throw new Error(`npm start did not become ready:\n${said}`); })]);
  } finally {
    clearTimeout(timer);
    child.kill('SIGINT');
    await ended;
  }
}
