import { describe, expect, it } from '@jest/globals';
import { metricsRegistry } from '#runtime';
import type { OperationStand } from '../ledger/operation-watch-rows.ts';
import { countStep, measureOperations } from './operation.metrics.ts';
import { AT_ONCE } from './step-context.ts';

const NOW = new Date('2026-11-23T02:00:00Z');
const BASE: OperationStand = {
  id: 'op_1', kind: 'replay', status: 'running', status_reason: null, paused_at: null, updated_at: NOW, finished_at: null, step_failures: 0, step_error: null, rate_per_second: 50,
  frozen: 100, sent: 40, delivered: 30, failed: 3, discarded: 0, returned: 0, skipped: 7,
};

async function shown(metric: string): Promise<Record<string, number>> {
  const text = await metricsRegistry.getSingleMetricAsString(metric);
  return Object.fromEntries([...text.matchAll(/^\w+(?:\{(.*?)\})? (\S+)$/gm)].map(([, labels = '', value = '']) => [labels.replaceAll('"', ''), Number(value)]));
}

describe('the metrics of operations', () => {
  it('show every status and state of those that are not over, and forget what is', async () => {
    const paused = { ...BASE, id: 'op_2', status: 'paused', paused_at: new Date(NOW.getTime() - 90_000), step_failures: 4 } as const;
    measureOperations([BASE, paused, { ...BASE, status: 'aborted', finished_at: NOW }], NOW);
    expect(await shown('jiujin_operations')).toEqual({
      'status=freezing': 0, 'status=preflight': 0, 'status=awaiting-approval': 0, 'status=ready': 0, 'status=canary': 0, 'status=running': 1, 'status=paused': 1,
    });
    expect(await shown('jiujin_operation_items')).toEqual({ 'state=pending': 106, 'state=sent': 14, 'state=delivered': 60, 'state=failed': 6, 'state=discarded': 0, 'state=returned': 0, 'state=skipped': 14 });
    expect([await shown('jiujin_operation_rate_allowed'), await shown('jiujin_operation_paused_seconds'), await shown('jiujin_operation_step_failures')]).toEqual([{ '': 50 }, { '': 90 }, { '': 4 }]);
    measureOperations([], NOW);
    expect((await shown('jiujin_operations'))['status=running']).toBe(0);
    expect([await shown('jiujin_operation_rate_allowed'), await shown('jiujin_operation_paused_seconds')]).toEqual([{ '': 0 }, { '': 0 }]);
  });

  it('count what was sent and what stopped itself, each reason shown before the first time', async () => {
    expect(await shown('jiujin_operations_aborted_total')).toEqual({ 'reason=new-failure': 0, 'reason=failure-ratio': 0 });
    countStep({ ...AT_ONCE, moved: 7 });
    countStep({ ...AT_ONCE, aborted: 'failure-ratio' });
    countStep(AT_ONCE);
    expect(await shown('jiujin_operation_transfers_total')).toEqual({ '': 7 });
    expect(await shown('jiujin_operations_aborted_total')).toEqual({ 'reason=new-failure': 0, 'reason=failure-ratio': 1 });
  });
});
