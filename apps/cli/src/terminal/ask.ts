import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { InterruptedError, UsageError } from '../gateway/problems.ts';
import type { Surroundings } from '../surroundings.ts';

/** A question to the person at the terminal. */
export async function ask(question: string, around: Surroundings): Promise<string> {
  refuseWithoutPerson(around);
  return answerTo(question, around, false);
}

/** A question whose answer is not shown while it is typed. */
export async function askSecret(question: string, around: Surroundings): Promise<string> {
  refuseWithoutPerson(around);
  const answer = await answerTo(question, around, true);
  around.stderr.write('\n');
  return answer;
}

/** What was piped in, to its end; at most so many characters. */
export async function readPiped({ stdin }: Surroundings, most = 10_000): Promise<string> {
  let text = '';
  for await (const piece of stdin) {
    text += String(piece);
    if (text.length > most) throw new UsageError('标准输入过长');
  }
  return text.trim();
}

function refuseWithoutPerson({ stdin }: Surroundings): void {
  if (stdin.isTTY !== true) throw new UsageError('这里要人回答，而标准输入不是终端', '在脚本中请用相应的选项给出，见 --help。');
}

async function answerTo(question: string, { stdin, stderr, interrupted }: Surroundings, secret: boolean): Promise<string> {
  const silent = new Writable({ write: (_piece, _encoding, done) => done() });
  const shown = new Writable({ write: (piece: Buffer, _encoding, done) => { stderr.write(piece.toString('utf8')); done(); } });
  if (secret) stderr.write(question);
  const lines = createInterface({ input: stdin, output: secret ? silent : shown, terminal: true, historySize: 0 });
  const left = new Promise<never>((_resolve, reject) => {
    lines.once('SIGINT', () => reject(new InterruptedError()));
    lines.once('close', () => reject(new InterruptedError()));
  });
  try {
    return (await Promise.race([lines.question(secret ? '' : question, { signal: interrupted }), left])).trim();
  } catch (error) {
    throw interrupted.aborted ? new InterruptedError() : error;
  } finally {
    left.catch(() => undefined);
    lines.close();
  }
}
