const ANSWER_MS = 5_000;

export interface HallStages { readonly name: string; readonly stages: Readonly<Record<string, number>> }

/** What both simulators tell of themselves, as far as it is used here. */
export interface SimulatorStatus {
  readonly run?: { readonly asked: number | null; readonly started: number; readonly active: boolean } | null;
  readonly roster?: string;
  readonly events: { readonly accepted: number; readonly refused: number; readonly retries: number };
  readonly effects: { readonly received: number; readonly repeated: number; readonly refused: number; readonly verified?: number };
  readonly cases: { readonly started: number; readonly open: number; readonly ended: number };
  readonly halls: Readonly<Record<string, HallStages>>;
  readonly perSecond: { readonly sent: number; readonly received: number };
  readonly oldestOpen: { readonly projectNo: string; readonly flow: string; readonly stage: string; readonly forMs: number } | null;
  readonly problems: readonly unknown[];
}

/** The bridge's own view, as far as it is used here. */
export interface BridgeSummary {
  readonly transfers: readonly { readonly destination: string; readonly status: string; readonly count: number }[];
  readonly waitingEvents: { readonly count: number };
  readonly refusals: { readonly door: number; readonly lifecycle: number };
  readonly duplicates: { readonly suppressed: number; readonly conflicting: number };
  readonly deadLetters: number;
  readonly recent: { readonly eventsPerSecond: number; readonly deliveredPerSecond: number; readonly failedAttempts: number; readonly p50Ms: number | null; readonly p99Ms: number | null };
}

export function statusOf(simulatorUrl: string): Promise<SimulatorStatus> {
  return ask<SimulatorStatus>(`${simulatorUrl}/control/status`);
}

export function summaryOf(gatewayUrl: string, opsToken: string, from?: string): Promise<BridgeSummary> {
  const query = from === undefined ? '' : `?from=${encodeURIComponent(from)}`;
  return ask<BridgeSummary>(`${gatewayUrl}/api/summary${query}`, { headers: { authorization: `Bearer ${opsToken}` } });
}

/** Tells the platform to begin cases. */
export async function beginCases(platformUrl: string, order: { cases: number | null; rate: number | null; batch: number; newClerks?: number }): Promise<void> {
  const body = Object.fromEntries(Object.entries(order).filter(([, value]) => value !== null));
  await ask(`${platformUrl}/control/run`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
}

async function ask<T>(url: string, init: RequestInit = {}): Promise<T> {
  const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_MS) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${url} → ${answer.status} ${text.slice(0, 200)}`);
  return JSON.parse(text) as T;
}
