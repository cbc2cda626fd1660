import type { KeyRing } from '#runtime';
import type { GatewayConfig } from '../gateway.config.ts';
import { DedupeWindows } from '../operations/dedupe-windows.ts';
import type { ApplyOptions } from './apply-events.ts';

/** What applying a batch takes from the configuration. */
export function applyOptions(config: GatewayConfig, keys: KeyRing): ApplyOptions {
  const { maxSupplementRounds, supplementAfterAcceptance, receiptPatienceMs, permissionPatienceMs } = config;
  return {
    keys, policy: { maxSupplementRounds, supplementAfterAcceptance }, patience: { receiptMs: receiptPatienceMs, permissionMs: permissionPatienceMs },
    windowOf: (destination) => DedupeWindows.fromConfig(config).of(destination),
  };
}
