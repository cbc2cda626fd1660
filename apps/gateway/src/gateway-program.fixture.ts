import { createLogger, metricsRegistry } from '#runtime';
import type { RunningApp } from '#runtime';
import { startGateway } from './start-gateway.ts';

const logger = createLogger('test', { level: 'silent' });

const MOST_STARTS = 5;
/** The ledger is the first thing that a gateway opens: nothing of it is there yet when this fails. */
const LEDGER_TOO_SLOW = /due to connection timeout/;

/** A whole gateway in this process, on a free port; started again, as a service manager would, when the ledger was too slow for its start. */
export async function aGatewayWith(env: Readonly<Record<string, string>>): Promise<RunningApp> {
  for (let start = 1; ; start += 1) {
    // Each program has its metrics for itself; here several may share a process.
    if (metricsRegistry.getSingleMetric('process_cpu_seconds_total') !== undefined) metricsRegistry.clear();
    try {
      return await startGateway({ PORT: '0', OPS_TOKEN: 'a-token-for-tests-only-0123456789abcdef', ...env }, logger);
    } catch (error) {
      if (start === MOST_STARTS || !LEDGER_TOO_SLOW.test(String(error))) throw error;
    }
  }
}
