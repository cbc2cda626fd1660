import { describe, expect, it } from '@jest/globals';
import type { OutgoingMessage } from '#bus';
import { edgeStatusProblems, type EdgeStatus } from '#contracts';
import { createLogger } from '#runtime';
import { StatusReporter } from './status-reporter.ts';

const FIGURES = { spool: null, journal: null, redisDurable: true, redisProblem: null };

function reporter(publish: (message: OutgoingMessage) => Promise<void>, canaryHalls?: readonly string[]): StatusReporter {
  return new StatusReporter({
    app: 'district-adapter', publisher: { publish }, circuits: () => [], figures: () => Promise.resolve(FIGURES), logger: createLogger('test', { level: 'silent' }),
    everyMs: 60_000, ...(canaryHalls === undefined ? {} : { canaryHalls }),
  });
}

describe('what an adapter reports of itself', () => {
  it('ends with the word that it stops, and says so in no report before', async () => {
    const said: EdgeStatus[] = [];
    const reporting = reporter((message) => { said.push(message.body as EdgeStatus); return Promise.resolve(); }, ['410204']);
    reporting.start();
    await reporting.stop();
    expect(said.map(({ stopping, canaryHalls }) => [stopping, canaryHalls])).toEqual([[undefined, ['410204']], [true, ['410204']]]);
    expect(said.flatMap(edgeStatusProblems)).toEqual([]);
  });

  it('keeps nobody from ending while the broker takes nothing', async () => {
    const reporting = reporter(() => new Promise<void>(() => undefined));
    reporting.start();
    const before = performance.now();
    await reporting.stop();
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
