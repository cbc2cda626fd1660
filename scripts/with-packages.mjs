// The first thing that runs on a fresh clone, on whatever Node the machine has: installs the packages when they are missing or
// stale, then runs the given program on the Node that came with them. It may use nothing that is not part of Node itself.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE = join(ROOT, 'node_modules/.bin/node');
const STAMP = join(ROOT, 'node_modules/.jiujin-stamp');
const OLDEST = [20, 19];

/** Whether this Node, such as `20.20.2`, can install the packages. */
export function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The part of both files that says which packages there are: other edits of package.json must not cost an installation. */
export function packagesHash(packageJson, lockfile) {
  const { dependencies, devDependencies, optionalDependencies, allowScripts } = JSON.parse(packageJson);
  return createHash('sha256')
    .update(JSON.stringify([dependencies, devDependencies, optionalDependencies, allowScripts]))
    .update(JSON.stringify(JSON.parse(lockfile).packages))
    .digest('hex');
}

/** Whether what npm says it installed is what the lock asks for; packages for other machines may be absent. */
export function isInstalled(lockfile, installed) {
  const present = JSON.parse(installed).packages ?? {};
  return Object.entries(JSON.parse(lockfile).packages).every(([path, wanted]) =>
    path === '' || wanted.version === present[path]?.version || (wanted.optional === true && present[path] === undefined));
}

function main() {
  const [program, ...args] = process.argv.slice(2);
  if (!isNewEnough(process.versions.node)) stop(`需要 Node ${OLDEST.join('.')} 或更高版本，当前是 ${process.versions.node}。 / Node ${OLDEST.join('.')} or newer is needed, this is ${process.versions.node}.`);
  if (program === undefined) stop('usage: node scripts/with-packages.mjs <program.ts> [arguments]');
  if (!packagesAreFresh()) install();
  run(program, args);
}

function packagesAreFresh() {
  if (!existsSync(NODE)) return false;
  const hash = currentHash();
  if (read(STAMP) === hash) return true;
  const installed = read(join(ROOT, 'node_modules/.package-lock.json'));
  if (installed === '' || !isInstalled(read(join(ROOT, 'package-lock.json')), installed)) return false;
  writeFileSync(STAMP, hash);
  return true;
}

function install() {
  process.stderr.write('正在安装依赖包（npm ci）…… / Installing packages (npm ci) …\n');
  // Output goes to stderr: stdout belongs to the program, whose last line somebody may parse.
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel', 'error'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
  if (npm.error) stop(`无法运行 npm：${npm.error.message} / npm could not be run.`);
  if (npm.status !== 0) stop('依赖包安装失败，原因见上。 / Installing the packages failed, see above.', npm.status ?? 1);
  if (!existsSync(NODE)) stop('依赖包中没有 node 程序：请检查 npm 是否禁止了安装脚本（ignore-scripts）。 / The node package was not set up: does npm forbid install scripts (ignore-scripts)?');
  writeFileSync(STAMP, currentHash());
}

/** After `--` nothing is for Node itself: it would take options of the program that bear the name of one of its own, such as --env-file. */
export function nodeArgs(program, args) {
  return ['--disable-warning=ExperimentalWarning', '--', join(ROOT, program), ...args];
}

/** The program gets a channel to us, so that it notices when we are gone and stops too. */
function run(program, args) {
  const child = spawn(NODE, [...nodeArgs(program, args)], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  child.once('error', (error) => stop(`${NODE}: ${error.message}`));
  // A Ctrl-C reaches the whole group and with it the program; a signal to us alone is handed on. The program takes a repeated one for the same.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function currentHash() {
  return packagesHash(read(join(ROOT, 'package.json')), read(join(ROOT, 'package-lock.json')));
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

function stop(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
