import { FLOW_DECK, FLOWS, isFlowName } from './flows.ts';
import type { CentreStep, Flow, FlowName } from './flows.ts';
import { dealer, hash32, randomOf } from './random.ts';

/** All that is decided about a case before it begins. */
export interface Scenario {
  readonly flowName: FlowName;
  readonly flow: Flow;
  /** The seed in force for this case: its own where the number carries one. */
  readonly seed: number;
  /** Position in the seed's sequence of cases. */
  readonly index: number;
  readonly supplementRounds: number;
  /** The flow's steps with the supplement round repeated as often as it happens. */
  readonly centreSteps: readonly CentreStep[];
  /** Whether the hall also reports the paper it took. */
  readonly paper: boolean;
}

const OWN_FORM = /^\d{6}-(?<seed>\d{1,9})-(?<series>[a-z0-9]{1,10})-(?:(?<flow>[A-Za-z]+)-)?(?<index>\d{6,9})$/;
const PAPER_SHARE = 0.3;
const dealFlow = dealer('flow', FLOW_DECK);

interface Position { seed: number; index: number; asked: FlowName | null }

/** A number of our own form says its seed and place; any other is placed by hash, and may name its flow as one of its parts. */
function positionOf(seed: number, projectNo: string): Position {
  const own = OWN_FORM.exec(projectNo)?.groups;
  if (own !== undefined) {
    const asked = own.flow ?? '';
    return { seed: Number(own.seed), index: Number(own.index), asked: isFlowName(asked) ? asked : null };
  }
  return { seed, index: hash32(`${seed}/${projectNo}`) % 1_000_000, asked: projectNo.split('-').find(isFlowName) ?? null };
}

function stepsOf(flow: Flow, rounds: number): CentreStep[] {
  return flow.centre.flatMap((step, at) => {
    if (step !== 'requireSupplement' || flow.centre[at + 1] !== 'awaitSupplement') return [step];
    const more = Array<CentreStep[]>(rounds - 1).fill(['requireSupplement', 'awaitSupplement']).flat();
    return [...more, step];
  });
}

/**
 * What happens to a case. Both programs compute it from the number alone, and so agree without talking.
 * `maxRounds` is the most supplement rounds in one case; both programs are given the same.
 */
export function scenarioOf(seed: number, projectNo: string, maxRounds = 1): Scenario {
  const position = positionOf(seed, projectNo);
  const flowName = position.asked ?? dealFlow(position.seed, position.index);
  const flow: Flow = FLOWS[flowName];
  const random = randomOf(`scenario/${position.seed}/${position.index}`);
  const supplementRounds = 1 + Math.floor(random() * maxRounds);
  return {
    flowName, flow, seed: position.seed, index: position.index, supplementRounds,
    centreSteps: stepsOf(flow, supplementRounds), paper: random() < PAPER_SHARE,
  };
}

/**
 * What the centre does with a case whose work item tells this project type (`null`: none). Whoever made a number of another form knows nothing of
 * our flows, so its case is worked as what it is: one that is no 即办件 (GB/T 39046 A.6: 1) goes through the review.
 */
export function centreScenarioOf(seed: number, projectNo: string, maxRounds: number, projectType: string | null): Scenario {
  const scenario = scenarioOf(seed, projectNo, maxRounds);
  const { reviewed } = scenario.flow;
  if (reviewed === undefined || projectType === '1' || seriesOf(projectNo) !== null) return scenario;
  const flow: Flow = FLOWS[reviewed];
  return { ...scenario, flowName: reviewed, flow, centreSteps: stepsOf(flow, scenario.supplementRounds) };
}

/** The series a platform gave this number in; `null` for a number that no platform of ours made. */
export function seriesOf(projectNo: string): string | null {
  return OWN_FORM.exec(projectNo)?.groups?.series ?? null;
}

/** The number the platform gives a case: `<hall>-<seed>-<series>-[<flow>-]<index>`. */
export function projectNoOf(hall: string, seed: number, series: string, index: number, flow?: FlowName): string {
  return [hall, seed, series, ...(flow === undefined ? [] : [flow]), String(index).padStart(6, '0')].join('-');
}
