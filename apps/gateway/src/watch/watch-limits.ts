import { APPS } from '#contracts';
import type { AppName } from '#contracts';
import type { GatewayConfig } from '../gateway.config.ts';
import type { CanaryEnd } from '../ledger/canary-rows.ts';

/** From when on something is an alert, in milliseconds. */
export interface WatchLimits {
  /** Not heard, or not to be reached, for so long: gone. */
  readonly silentMs: number;
  readonly spoolMs: number;
  readonly journalMs: number;
  readonly circuitMs: number;
  readonly retryMs: number;
  readonly parkedMs: number;
  readonly consumersShortMs: number;
  /** A channel paused for so long may have been forgotten. */
  readonly pauseMs: number;
  /** A certificate or key that ends so soon is to be replaced now. */
  readonly expiryMs: number;
  /** An operation paused for so long may have been forgotten, and keeps its transfers from everybody. */
  readonly operationPauseMs: number;
  /** 0: canaries open no alert. */
  readonly canaryMs: number;
  readonly canaryEnd: CanaryEnd;
  readonly evidenceMs: number;
  /** How many programs of an app should run, where that is set. */
  readonly expectedPrograms: Partial<Record<AppName, number>>;
}

/** Slack (ms) beyond the time for which a program that was replaced still counts as living: until then, fewer consumers than programs prove nothing. */
const REPLACED_SLACK_MS = 15_000;

export function watchLimits(config: GatewayConfig): WatchLimits {
  return {
    silentMs: config.programSilentMs, spoolMs: config.spoolAlertMs, journalMs: config.journalAlertMs, circuitMs: config.circuitAlertMs,
    retryMs: config.retryAlertMs, parkedMs: config.parkedPatienceMs, consumersShortMs: config.programSilentMs + REPLACED_SLACK_MS,
    pauseMs: config.pauseAlertMs, expiryMs: config.expiryAlertMs, operationPauseMs: config.operationPauseAlertMs, canaryMs: config.canaryLateMs, canaryEnd: config.canaryEndsAt, evidenceMs: config.evidenceAlertMs, expectedPrograms: expectedPrograms(config.programsExpected),
  };
}

/** `district-adapter=2`, as the settings have it. */
function expectedPrograms(settings: readonly string[]): Partial<Record<AppName, number>> {
  const counts = new Map(settings.map((setting) => setting.split('=') as [string, string]));
  return Object.fromEntries(APPS.flatMap((app) => (counts.has(app) ? [[app, Number(counts.get(app))]] : [])));
}
