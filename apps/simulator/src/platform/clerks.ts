import { instant } from '../cloud-event.ts';
import type { Operator } from '../cloud-event.ts';
import type { Catalogue, Hall } from '../catalogue.ts';

const CLERKS_PER_HALL = 2;
const VALID_FROM = Date.parse('2023-12-01T00:00:00+08:00');
const SIGNS = '甲乙丙丁';

export interface Clerk extends Operator {
  readonly windowNo: string;
}

/** The named window clerks of a hall (notice, 窗口收件人员名单); the same on every run. */
export function clerksOf(hall: Hall): Clerk[] {
  return Array.from({ length: CLERKS_PER_HALL }, (_, at) => ({
    id: `clerk-${hall.code}-${at + 1}`, name: `测试窗口${SIGNS.charAt(at)}`, orgName: hall.name, windowNo: `A${at + 1}`,
  }));
}

export const BUREAU_OPERATOR: Operator = { id: 'bureau-1', name: '测试市局', orgName: '市政务服务和大数据管理局' };

/** Somebody who starts at the window with this very case: nobody has heard of them before. */
export function newClerkOf(hall: Hall, projectNo: string): Clerk {
  return { id: `new-${projectNo}`, name: '测试新上岗', orgName: hall.name, windowNo: 'A9' };
}

/** 收件权限开通 for one clerk and one item, from this moment on. */
export function grantData(hall: Hall, clerk: Clerk, itemCode: string, at: number): object {
  return {
    operator: BUREAU_OPERATOR, grantId: `G-${clerk.id}`, userId: clerk.id, name: clerk.name, hallCode: hall.code, orgName: hall.name,
    windowNo: clerk.windowNo, itemCodes: [itemCode], validFrom: instant(at), rosterVersion: 1,
  };
}

/** 收件权限收回: what was received before stays valid. */
export function revocationData(clerk: Clerk, at: number): object {
  return { operator: BUREAU_OPERATOR, grantId: `G-${clerk.id}`, revokedAt: instant(at), reason: '临时上岗结束' };
}

/** Who receives the bridge's canaries (拨测); needs a permission at each hall like anyone, and can receive nothing else. */
const CANARY_CLERK = { id: 'jiujin-canary', name: '拨测' };

/** 收件权限开通 for every clerk of every hall, and for the canary's, for every item: what the bureau sends before the first case. */
export function rosterData(catalogue: Catalogue): { id: string; at: number; data: object }[] {
  return catalogue.halls.flatMap((hall) => [
    ...clerksOf(hall).map((clerk) => grant(catalogue, hall, clerk.id, clerk)),
    grant(catalogue, hall, `canary-${hall.code}`, CANARY_CLERK),
  ]);
}

function grant(catalogue: Catalogue, hall: Hall, name: string, clerk: { id: string; name: string; windowNo?: string }): { id: string; at: number; data: object } {
  return {
    id: `grant-${name}`,
    at: VALID_FROM,
    data: {
      operator: BUREAU_OPERATOR, grantId: `G-${name}`, userId: clerk.id, name: clerk.name, hallCode: hall.code, orgName: hall.name,
      ...(clerk.windowNo === undefined ? {} : { windowNo: clerk.windowNo }), itemCodes: catalogue.items.map((item) => item.code), validFrom: instant(VALID_FROM), rosterVersion: 1,
    },
  };
}
