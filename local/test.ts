import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT } from './servers/profile.ts';
import { stopSignal } from './stop-signals.ts';
import { phasesOf } from './test-phases.ts';
import { countTests, type JestResult } from './test-count.ts';

const RESULT = join(CHECKOUT, '.jiujin/test/result.json');
/** Jest runs ES modules only with the first; the second keeps Node from saying so at each start. */
const NODE_ARGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

const signal = stopSignal();
const total = { passed: 0, failed: 0, code: 0 };
for (const args of phasesOf(process.argv.slice(2))) {
  if (signal.aborted) break;
  const { passed, failed, code } = await runPhase(args);
  total.passed += passed;
  total.failed += failed;
  total.code ||= code;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : total.code;

async function runPhase(args: readonly string[]): Promise<{ passed: number; failed: number; code: number }> {
  mkdirSync(dirname(RESULT), { recursive: true });
  rmSync(RESULT, { force: true });
  const code = await runJest(args);
  return { ...countTests(existsSync(RESULT) ? (JSON.parse(readFileSync(RESULT, 'utf8')) as JestResult) : null), code };
}

/** Jest with these arguments; gives its exit code. A Ctrl-C reaches it by itself and lets it stop its servers. */
function runJest(args: readonly string[]): Promise<number> {
  const jest = join(CHECKOUT, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, [...NODE_ARGS, jest, '--json', `--outputFile=${RESULT}`, ...args], { cwd: CHECKOUT, stdio: ['inherit', 'ignore', 'inherit'] });
  const interrupt = (): void => { child.kill('SIGINT'); };
  signal.addEventListener('abort', interrupt, { once: true });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => {
      signal.removeEventListener('abort', interrupt);
      resolve(exitCode ?? 1);
    });
  });
}
