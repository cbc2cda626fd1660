import type { Door } from '../http/door.ts';
import type { Sender } from '../http/sender.ts';
import type { Rate } from '../record/tally.ts';
import type { Centre } from './centre.ts';
import { nextOf } from './centre-case.ts';
import type { CentreCase } from './centre-case.ts';

export interface StatusParts {
  readonly seed: number;
  readonly series: string;
  readonly centre: Centre;
  readonly sender: Sender;
  readonly door: Door;
  readonly rates: { readonly sent: Rate; readonly received: Rate };
}

function stageOf(one: CentreCase): string {
  const next = nextOf(one);
  return typeof next === 'string' ? next.toUpperCase() : next.step;
}

function counted(centre: Centre): CentreCase[] {
  return [...centre.cases.values()].filter((one) => !one.leftover);
}

function halls(centre: Centre): Record<string, { stages: Record<string, number> }> {
  const byHall: Record<string, { stages: Record<string, number> }> = {};
  for (const one of counted(centre)) {
    const { stages } = (byHall[one.hall] ??= { stages: { ENDED: centre.tally.endedAt(one.hall) } });
    const stage = stageOf(one);
    stages[stage] = (stages[stage] ?? 0) + 1;
  }
  return byHall;
}

/** The answer to `GET /control/status`. Cases lie in the map in the order they began, so the first is the oldest. */
export function centreStatus({ seed, series, centre, sender, door, rates }: StatusParts): object {
  const open = counted(centre);
  const [oldest] = open;
  return {
    program: 'centre', seed, series,
    events: { ...sender.counts, inFlight: sender.inFlight }, effects: door.deliveries.counts, canaries: door.sandbox.counts,
    cases: centre.tally.counts(open.length), leftovers: centre.cases.size - open.length, halls: halls(centre),
    perSecond: { sent: rates.sent.perSecond, received: rates.received.perSecond },
    oldestOpen: oldest === undefined ? null : { projectNo: oldest.projectNo, flow: oldest.scenario.flowName, stage: stageOf(oldest), forMs: Math.round(Date.now() - oldest.bornAt) },
    problems: centre.problems.list,
  };
}
