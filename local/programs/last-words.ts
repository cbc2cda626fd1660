/**
 * Why a program ended, from what this start of it logged: the message of its last fatal line, or the error that Node printed for it.
 * `null` when the log holds neither.
 *
 * @param how the way it ended, such as `exit code 1`
 */
export function lastWords(log: string, how: string): string | null {
  const lines = log.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const fatal = lines.map(fatalMessage).findLast((message) => message !== null);
  if (fatal !== undefined && fatal !== null) return fatal;
  const plain = lines.filter((line) => !line.startsWith('{'));
  const thrown = plain.findLast((line) => /^(?:Uncaught )?\w*Error\b.*: /.test(line)) ?? (plain.some((line) => line.startsWith('at ')) ? undefined : plain.at(-1));
  return thrown === undefined ? null : `意外结束（${how}）：${thrown}`;
}

function fatalMessage(line: string): string | null {
  try {
    const { level, msg } = JSON.parse(line) as { level?: unknown; msg?: unknown };
    return level === 'fatal' && typeof msg === 'string' ? msg : null;
  } catch {
    return null;
  }
}
