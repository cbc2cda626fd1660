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
    const at = Date.now();
    const data = {
      operator: { id: 'centre-examiner-1', name: '测试受理员', orgName: ORG }, acceptedAt: instant(at), acceptDocNo: `SL-${projectNo}`, acceptOrgName: ORG,
      promise: { value: 3, unit: 'workday', dueAt: instant(at + 3 * 86_400_000) }, fundBusinessNo: `YW-${projectNo}`,
    };
    return {
      projectNo, appKey: 'centre', target: '/v1/outcome-events',
      text: eventText({ id: `${projectNo}.a`, source: '/centre', type: 'case.accepted', subject: projectNo, at, dataVersion: 1, sequence: 1, data }),
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
