import type { Letter } from './letter.ts';

/**
 * Publishes letters, different cases side by side, and one case in the order given: the next goes only when the one before it is
 * confirmed. After a failure the rest of that case is not tried, or it would overtake. Returns for each letter what kept it back, or `null`.
 */
export async function publishInOrder(letters: readonly Letter[], publish: (letter: Letter, index: number) => Promise<void>): Promise<(Error | null)[]> {
  const results = letters.map((): Error | null => null);
  await Promise.all(lanesOf(letters).map(async (lane) => {
    let fault: Error | null = null;
    for (const { letter, index } of lane) {
      fault ??= await publish(letter, index).then(() => null, (error: unknown) => (error instanceof Error ? error : new Error(String(error))));
      results[index] = fault;
    }
  }));
  return results;
}

function lanesOf(letters: readonly Letter[]): { letter: Letter; index: number }[][] {
  const lanes = new Map<string, { letter: Letter; index: number }[]>();
  letters.forEach((letter, index) => {
    const lane = lanes.get(letter.orderKey);
    if (lane === undefined) lanes.set(letter.orderKey, [{ letter, index }]);
    else lane.push({ letter, index });
  });
  return [...lanes.values()];
}
