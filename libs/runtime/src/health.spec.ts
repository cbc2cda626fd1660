import { describe, expect, it } from '@jest/globals';
import { runChecks } from './health.ts';

describe('checking health', () => {
  it('is up when every check is', async () => {
    await expect(runChecks({ bus: () => true, ledger: () => Promise.resolve() })).resolves.toMatchObject({ status: 'up', checks: { bus: { status: 'up' }, ledger: { status: 'up' } } });
  });

  it('is down when one check says no, fails, throws or does not answer in time; each says why', async () => {
    const report = await runChecks({
      well: () => true,
      no: () => false,
      failing: () => Promise.reject(new Error('refused')),
      throwing: () => { throw new Error('bug'); },
      silent: () => new Promise(() => undefined),
    }, { timeoutMs: 20 });
    expect(report).toMatchObject({
      status: 'down',
      checks: { well: { status: 'up' }, no: { reason: 'not ready' }, failing: { reason: 'refused' }, throwing: { reason: 'bug' }, silent: { reason: 'no answer within 20 ms' } },
    });
  });

  it('is limited, and says what is missing, while only something dispensable is down', async () => {
    const checks = { bus: () => Promise.reject(new Error('away')), store: () => true };
    await expect(runChecks(checks, { dispensable: ['bus'] })).resolves.toMatchObject({ status: 'limited', checks: { bus: { status: 'down', reason: 'away' }, store: { status: 'up' } } });
    await expect(runChecks({ ...checks, store: () => false }, { dispensable: ['bus'] })).resolves.toMatchObject({ status: 'down' });
  });
});
