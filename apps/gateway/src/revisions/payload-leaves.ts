import { stepsOf } from '#contracts';
import type { Holder } from '#contracts';

/** The values of a message by their paths: `materials[0].name`. */
export function leavesIn(message: unknown, path = '', found = new Map<string, unknown>()): ReadonlyMap<string, unknown> {
  if (typeof message !== 'object' || message === null) return found.set(path, message);
  for (const [name, inner] of Object.entries(message)) leavesIn(inner, Array.isArray(message) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`, found);
  return found;
}

/** The fields in which two payloads differ, by name alone. What is in a list is named by the list: its entries have no names that stay. */
export function differingPaths(one: unknown, other: unknown): string[] {
  const [before, after] = [leavesIn(one), leavesIn(other)];
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter((path) => before.get(path) !== after.get(path));
  return [...new Set(differing.map((path) => path.replace(/\[.*$/, '')))].sort();
}

/** A copy with another value in one place that there is. */
export function withLeaf<T>(message: T, path: string, value: unknown): T {
  const copy = structuredClone(message);
  const steps = stepsOf(path);
  let holder = copy as Holder;
  for (const step of steps.slice(0, -1)) holder = holder[step] as Holder;
  holder[steps.at(-1) ?? ''] = value;
  return copy;
}

/** A copy whose lists have one entry: the one that says most, as entries of one list are all made alike. */
export function oneOfEach<T>(message: T): T {
  if (Array.isArray(message)) return message.length === 0 ? message : [oneOfEach(fullest(message))] as T;
  if (typeof message !== 'object' || message === null) return message;
  return Object.fromEntries(Object.entries(message).map(([name, inner]) => [name, oneOfEach<unknown>(inner)])) as T;
}

/** What was taken says more than what was only asked for. */
function fullest(entries: readonly unknown[]): unknown {
  const weight = (entry: unknown): number => [...leavesIn(entry).values()].filter((value) => value !== false && value !== 0).length;
  return entries.toSorted((one, other) => weight(other) - weight(one))[0];
}
