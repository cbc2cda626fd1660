import type { AppName, QueueSpec } from '#contracts';
import { HandlerError } from './bus-errors.ts';

/** Whether a handler's pattern is for this queue: its name, or, for a family of queues such as one per hall, a name that ends in `.*`. */
export function patternTakes(pattern: string, queue: string): boolean {
  return pattern.endsWith('.*') ? queue.startsWith(pattern.slice(0, -1)) : pattern === queue;
}

/** The patterns of an app's handlers, each with how many methods carry it and whether they are event handlers. */
export interface HandlerPattern {
  readonly pattern: string;
  readonly methods: number;
  readonly isEvent: boolean;
}

/**
 * Finds the one pattern for each queue of the app.
 *
 * @throws HandlerError when a queue has no handler or two, or a handler has no queue; it names every line to add or to remove.
 */
export function patternOfEachQueue(app: AppName, queues: readonly QueueSpec[], patterns: readonly HandlerPattern[]): Map<string, string> {
  const problems: string[] = [];
  const found = new Map<string, string>();
  for (const { name } of queues) {
    const takers = patterns.filter(({ pattern }) => patternTakes(pattern, name));
    const methods = takers.reduce((sum, taker) => sum + taker.methods, 0);
    const [taker] = takers;
    if (!taker) problems.push(`no handler for ${name}; add @EventPattern('${name}') to a method of a controller of ${app}`);
    else if (methods > 1) problems.push(`${methods} handlers for ${name}; remove @EventPattern('${name}') from all but one method of ${app}`);
    else if (!taker.isEvent) problems.push(`${name} has a @MessagePattern handler; write @EventPattern('${taker.pattern}') instead`);
    else found.set(name, taker.pattern);
  }
  for (const { pattern } of patterns) {
    if (!queues.some(({ name }) => patternTakes(pattern, name))) problems.push(`a handler waits for ${pattern}, but ${app} has no such queue; remove it or add the queue to the topology`);
  }
  if (problems.length > 0) throw new HandlerError(problems.join('; '));
  return found;
}
