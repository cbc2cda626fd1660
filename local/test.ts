import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT } from './servers/profile.ts';
import { argsOfSecondLook, filesForSecondLook, withSecondLook } from './second-look.ts';
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
  const { result, code } = await runPhase(args);
  const { passed, failed } = countTests(result);
  total.passed += passed;
  total.failed += failed;
  total.code ||= code;
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : total.code;

interface Run {
  readonly result: JestResult | null;
  readonly code: number;
}

async function runPhase(args: readonly string[]): Promise<Run> {
  const first = await runJest(args);
  const files = signal.aborted ? [] : filesForSecondLook(first.result);
  if (first.result === null || files.length === 0) return first;
  console.log(`these failed and are run once more, alone; what passes now wavers, which is worth mending:\n${files.join('\n')}`);
  const second = await runJest(argsOfSecondLook(files));
  return second.result === null ? first : { result: withSecondLook(first.result, second.result), code: second.code };
}

async function runJest(args: readonly string[]): Promise<Run> {
  mkdirSync(dirname(RESULT), { recursive: true });
  rmSync(RESULT, { force: true });
  const code = await jest(args);
  return { result: existsSync(RESULT) ? (JSON.parse(readFileSync(RESULT, 'utf8')) as JestResult) : null, code };
}

/** Jest with these arguments; gives its exit code. A Ctrl-C reaches it by itself and lets it stop its servers. */
function jest(args: readonly string[]): Promise<number> {
  const script = join(CHECKOUT, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, [...NODE_ARGS, script, '--json', `--outputFile=${RESULT}`, ...args], { cwd: CHECKOUT, stdio: ['inherit', 'ignore', 'inherit'] });
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
