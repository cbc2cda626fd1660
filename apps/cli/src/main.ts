import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { runBridgectl } from './program.ts';

const interrupt = new AbortController();

// A second Ctrl-C ends it at once, whatever it is doing.
process.on('SIGINT', () => {
  if (interrupt.signal.aborted) process.exit(130);
  interrupt.abort();
});
// Who reads the results has seen enough (`bridgectl cases --all | head`).
for (const stream of [process.stdout, process.stderr]) stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

process.exitCode = await runBridgectl(process.argv.slice(2), {
  env: process.env, home: homedir(), checkout: resolve(import.meta.dirname, '../../..'),
  stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, interrupted: interrupt.signal,
});
