import { join } from 'node:path';
import { readCatalogue, type Catalogue } from '../apps/simulator/src/catalogue.ts';
import { eventText, instant } from '../apps/simulator/src/cloud-event.ts';
import { rosterData } from '../apps/simulator/src/platform/clerks.ts';
import { beginCase } from '../apps/simulator/src/platform/hall-case.ts';
import { parcelOf, sendingLine } from '../apps/simulator/src/platform/hall-events.ts';
import { projectNoOf, scenarioOf } from '../apps/simulator/src/scenario/scenario-of.ts';
import { CHECKOUT } from '../local/servers/profile.ts';

/** A request to be sent: what every contestant gets, and what the bridge wants signed besides. */
export interface Payload {
  readonly projectNo: string;
  /** App key of the sender. */
  readonly appKey: string;
  /** The bridge's address for it. */
  readonly target: string;
  readonly text: string;
}

const SEED = 4711;
const ORG = '市住房公积金管理中心';
const EXAMINER = { id: 'centre-examiner-1', name: '测试受理员', orgName: ORG };
const REVIEWER = { id: 'centre-reviewer-1', name: '测试审核员', orgName: ORG };

/** What the centre says of a case that goes well, in this order. */
export const OUTCOME_TYPES = ['case.accepted', 'case.step.recorded', 'case.decided', 'case.completed'] as const;
type OutcomeType = (typeof OUTCOME_TYPES)[number];

const OUTCOMES: Readonly<Record<OutcomeType, (projectNo: string, at: number) => object>> = {
  'case.accepted': (projectNo, at) => ({
    operator: EXAMINER, acceptedAt: instant(at), acceptDocNo: `SL-${projectNo}`, acceptOrgName: ORG,
    promise: { value: 3, unit: 'workday', dueAt: instant(at + 3 * 86_400_000) }, fundBusinessNo: `YW-${projectNo}`,
  }),
  'case.step.recorded': (_, at) => ({
    operator: REVIEWER,
    step: { name: '业务审核', action: 'pass', handler: REVIEWER.name, opinion: '材料齐全，符合规定', startedAt: instant(at - 60_000), endedAt: instant(at), state: '2' },
  }),
  'case.decided': (_, at) => ({ operator: REVIEWER, decision: { approved: true, decidedAt: instant(at), decidedBy: REVIEWER.name } }),
  'case.completed': (projectNo, at) => ({
    operator: REVIEWER,
    result: { code: 'APPROVED', description: '准予办理', docName: '住房公积金业务办理结果', docNo: `BJ-${projectNo}`, completedAt: instant(at), completedBy: REVIEWER.name },
  }),
};

/** Makes events of synthetic cases, each case once: receipts as the halls send them, acceptances as the centre does. */
export class Payloads {
  readonly catalogue: Catalogue = readCatalogue(join(CHECKOUT, 'libs/contracts/data'));
  readonly #series: string;
  #next = 0;

  /** `series` makes the project numbers this run's own. */
  constructor(series: string) {
    this.#series = series;
  }

  /** What the bureau sends before anything else: the permissions of the clerks. */
  roster(): Payload[] {
    return rosterData(this.catalogue).map(({ id, at, data }) => ({
      projectNo: '', appKey: 'bureau', target: '/v1/bureau/events',
      text: eventText({ id, source: '/bureau', type: 'permission.granted', at, dataVersion: 1, sequence: null, data }),
    }));
  }

  receipts(count: number): Payload[] {
    return Array.from({ length: count }, () => this.#receipt());
  }

  /** The centre accepts a case whose work item has reached it. */
  acceptance(projectNo: string): Payload {
    return this.outcome(projectNo, 'case.accepted', 1);
  }

  /** What the centre says of a case; `sequence` counts what it has said of this case. */
  outcome(projectNo: string, type: OutcomeType, sequence: number): Payload {
    const at = Date.now();
    return {
      projectNo, appKey: 'centre', target: '/v1/outcome-events',
      text: eventText({ id: `${projectNo}.${sequence}`, source: '/centre', type, subject: projectNo, at, dataVersion: 1, sequence, data: OUTCOMES[type](projectNo, at) }),
    };
  }

  #receipt(): Payload {
    const { halls } = this.catalogue;
    const index = this.#next++;
    const hall = halls[index % halls.length]?.code ?? '';
    const projectNo = projectNoOf(hall, SEED, this.#series, index);
    const one = beginCase(projectNo, hall, scenarioOf(SEED, projectNo), Date.now());
    const { appKey, target, text } = parcelOf(this.catalogue, one, sendingLine(this.catalogue, one, 'receive', {}, Date.now(), index));
    return { projectNo, appKey, target, text };
  }
}
