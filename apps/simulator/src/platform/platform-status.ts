import type { Catalogue } from '../catalogue.ts';
import type { Door } from '../http/door.ts';
import type { Sender } from '../http/sender.ts';
import type { Rate } from '../record/tally.ts';
import { STAGES } from './hall-case.ts';
import type { Platform } from './platform.ts';
import type { RosterState } from './roster.ts';
import type { Run } from './run.ts';

export interface StatusParts {
  readonly seed: number;
  readonly series: string;
  readonly catalogue: Catalogue;
  readonly platform: Platform;
  readonly sender: Sender;
  readonly door: Door;
  readonly rates: { readonly sent: Rate; readonly received: Rate };
  readonly roster: RosterState;
  readonly run: Run | null;
}

function halls({ catalogue, platform }: StatusParts): Record<string, { name: string; stages: Record<string, number> }> {
  const byHall = Object.fromEntries(catalogue.halls.map((hall) => {
    const stages: Record<string, number> = Object.fromEntries(STAGES.map((stage) => [stage, 0]));
    stages.ENDED = platform.tally.endedAt(hall.code);
    return [hall.code, { name: hall.name, stages }];
  }));
  for (const one of platform.cases.values()) {
    const stages = byHall[one.hall]?.stages;
    if (stages !== undefined) stages[one.stage] = (stages[one.stage] ?? 0) + 1;
  }
  return byHall;
}

/** The answer to `GET /control/status`. Cases lie in the map in the order they began, so the first is the oldest. */
export function platformStatus(parts: StatusParts): object {
  const { seed, series, platform, sender, door, rates, roster, run } = parts;
  const [oldest] = platform.cases.values();
  return {
    program: 'platform', seed, series, roster,
    run: run === null ? null : { asked: run.order.cases, started: run.started, active: run.active, firstIndex: run.firstIndex },
    events: { ...sender.counts, inFlight: sender.inFlight }, effects: door.deliveries.counts, canaries: door.sandbox.counts,
    cases: platform.tally.counts(platform.cases.size), halls: halls(parts),
    perSecond: { sent: rates.sent.perSecond, received: rates.received.perSecond },
    oldestOpen: oldest === undefined ? null : {
      projectNo: oldest.projectNo, flow: oldest.scenario.flowName, stage: oldest.stage, forMs: Math.round(Date.now() - oldest.bornAt), refused: oldest.refused,
    },
    problems: platform.problems.list,
  };
}
