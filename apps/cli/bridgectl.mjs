#!/usr/bin/env node
// What `npx bridgectl` runs, on whatever Node the machine has: hands over to the Node that came with the packages, which runs TypeScript as
// it is. It may use nothing that is not part of Node itself.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const NODE = resolve(HERE, '../../node_modules/.bin/node');

if (!existsSync(NODE)) stop('bridgectl：还没有安装依赖包，请在代码目录中运行 npm ci。 / Packages are missing: run npm ci in the checkout.');

const options = ['--conditions=source', '--disable-warning=ExperimentalWarning', '--', join(HERE, 'src/main.ts')];
const child = spawn(NODE, [...options, ...process.argv.slice(2)], { stdio: 'inherit' });
child.once('error', (error) => stop(`bridgectl: ${error.message}`));
// A Ctrl-C reaches the whole group and with it the program, which decides what becomes of it; a signal to us alone is handed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => { if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal); });
child.once('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

function stop(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
