import { describe, expect, it } from '@jest/globals';
import { completionUpdatesQueue, QUEUES, topologyFor } from '#contracts';
import { patternOfEachQueue, type HandlerPattern } from './check-handlers.ts';

const queues = topologyFor(['410204', '410202']).queues;
/** Without the queue of acknowledgements, which is checked like any other. */
const of = (app: string) => queues.filter(({ name, consumer }) => consumer === app && !name.endsWith('.recorded'));
const handler = (pattern: string, methods = 1, isEvent = true): HandlerPattern => ({ pattern, methods, isEvent });

describe('checking the handlers at the start', () => {
  it('finds the one handler of a queue', () => {
    expect(patternOfEachQueue('centre-adapter', of('centre-adapter'), [handler(QUEUES.workItems)])).toEqual(new Map([[QUEUES.workItems, QUEUES.workItems]]));
  });

  it('lets one handler take a family of queues, one per hall', () => {
    const family = completionUpdatesQueue('*');
    const found = patternOfEachQueue('district-adapter', of('district-adapter'), [handler(family)]);
    expect(found).toEqual(new Map([[completionUpdatesQueue('410204'), family], [completionUpdatesQueue('410202'), family]]));
  });

  it.each([
    ['none', [], `add @EventPattern('${QUEUES.workItems}') to a method of a controller of centre-adapter`],
    ['two methods', [handler(QUEUES.workItems, 2)], `2 handlers for ${QUEUES.workItems}`],
    ['two patterns', [handler(QUEUES.workItems), handler('centre-adapter.*')], `2 handlers for ${QUEUES.workItems}`],
    ['a request handler', [handler(QUEUES.workItems, 1, false)], `write @EventPattern('${QUEUES.workItems}') instead`],
    ['one for a queue that is not there', [handler(QUEUES.workItems), handler('nowhere')], 'a handler waits for nowhere'],
  ])('refuses %s and says what to do', (_case, patterns, message) => {
    expect(() => patternOfEachQueue('centre-adapter', of('centre-adapter'), patterns)).toThrow(message);
  });
});
