import { createServer } from 'node:http';

/** A program that behaves as MODE says: it answers, dies of a fault that it names, or never becomes ready and does not listen to SIGTERM. */
const { MODE, PORT } = process.env;

if (MODE === 'dies') {
  process.stdout.write(`${JSON.stringify({ level: 'warn', msg: 'before' })}\n${JSON.stringify({ level: 'fatal', msg: '口令不对 / wrong password' })}\n`);
  process.exitCode = 1;
} else if (MODE === 'hangs') {
  process.on('SIGTERM', () => undefined);
  setInterval(() => undefined, 1_000);
} else {
  createServer((_, answer) => { answer.end('ok'); }).listen(Number(PORT), '127.0.0.1');
}
