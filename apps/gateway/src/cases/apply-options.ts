import type { KeyRing } from '#runtime';
import type { GatewayConfig } from '../gateway.config.ts';
import type { ApplyOptions } from './apply-events.ts';

/** When the watchdog looks for the receipt of a transfer that is ordered now. */
export function receiptDueAt(config: GatewayConfig): Date {
  return new Date(Date.now() + config.receiptPatienceMs);
}

/** What applying a batch takes from the configuration. */
export function applyOptions(config: GatewayConfig, keys: KeyRing): ApplyOptions {
  const { maxSupplementRounds, supplementAfterAcceptance } = config;
  return { keys, policy: { maxSupplementRounds, supplementAfterAcceptance }, receiptDueAt: receiptDueAt(config) };
}
