/**
 * Lines in a text that comes in pieces, without their ends. A line feed alone ends one: inside of a JSON text stand, as they are, characters that others take for the
 * end of a line (U+2028, U+2029). A carriage return before it belongs to it: some ways of sending a file add one.
 */
export async function* linesIn(pieces: AsyncIterable<string>): AsyncGenerator<string> {
  let begun: string[] = [];
  for await (const piece of pieces) {
    const [first = '', ...others] = piece.split('\n');
    begun.push(first);
    for (const next of others) {
      yield withoutReturn(begun.join(''));
      begun = [next];
    }
  }
  const last = begun.join('');
  if (last !== '') yield last;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}
