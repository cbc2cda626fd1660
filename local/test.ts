import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT } from './servers/profile.ts';
import { stopSignal } from './stop-signals.ts';
import { countTests, type JestResult } from './test-count.ts';

const RESULT = join(CHECKOUT, '.jiujin/test/result.json');
/** Jest runs ES modules only with the first; the second keeps Node from saying so at each start. */
const NODE_ARGS = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];

mkdirSync(dirname(RESULT), { recursive: true });
rmSync(RESULT, { force: true });
const code = await runJest(process.argv.slice(2));
const { passed, failed } = countTests(existsSync(RESULT) ? (JSON.parse(readFileSync(RESULT, 'utf8')) as JestResult) : null);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : code;

/** Jest with all that was asked for on the command line; gives its exit code. A Ctrl-C reaches it by itself and lets it stop its servers. */
function runJest(args: readonly string[]): Promise<number> {
  const jest = join(CHECKOUT, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, [...NODE_ARGS, jest, '--json', `--outputFile=${RESULT}`, ...args], { cwd: CHECKOUT, stdio: ['inherit', 'ignore', 'inherit'] });
  stopSignal().addEventListener('abort', () => { child.kill('SIGINT'); });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (exitCode) => { resolve(exitCode ?? 1); });
  });
}
