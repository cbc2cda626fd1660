import type { BridgeProgram } from '../../local/programs/plans.ts';

/** The usual settings with less patience: what a deployment finds out after a minute must show within a run of a minute. */
export const SHORT_PATIENCE: Readonly<Record<BridgeProgram, Readonly<Record<string, string>>>> = {
  'gateway': {
    RECEIPT_PATIENCE_MS: '4000', RECEIPT_PATIENCE_CAP_MS: '12000', SWEEP_INTERVAL_MS: '1000',
    RETRY_BASE_MS: '200', RETRY_CAP_MS: '4000', RETRY_MARGIN_MS: '1500', RETRY_MAX_ATTEMPTS: '1000', RETRY_TECHNICAL_MAX_ATTEMPTS: '100',
  },
  'district-adapter': { JOURNAL_PATIENCE_MS: '4000', JOURNAL_PATIENCE_CAP_MS: '12000' },
  'centre-adapter': { JOURNAL_PATIENCE_MS: '4000', JOURNAL_PATIENCE_CAP_MS: '12000' },
};
