import type { JiujinEventOf, PermissionGrantedData } from '#contracts';
import type { GrantRow } from '../ledger/grant-rows.ts';
import type { Verdict } from './verdict.ts';
import { applied, ignored, parked, refused } from './verdict.ts';

/** Permission of one clerk to receive certain items at one hall (收件权限). */
export interface Grant {
  readonly grantId: string;
  readonly userId: string;
  readonly hallCode: string;
  readonly itemCodes: ReadonlySet<string>;
  /** Milliseconds since 1970, as the other instants here. */
  readonly validFrom: number;
  readonly validTo: number | null;
  readonly revokedAt: number | null;
}

/** What somebody wants to do under a grant, and when. */
export interface Receiving {
  readonly userId: string;
  readonly hallCode: string;
  readonly itemCode: string;
  /** RFC 3339. */
  readonly at: string;
}

/**
 * Whether one of the grants covers a receipt at its own time: a revocation counts from its moment on, so what was received
 * before stays valid however late the message comes (domain rule of the roster, notice 四(一) and 五(四)).
 */
export function mayReceive(grants: Iterable<Grant>, wanted: Receiving): boolean {
  const at = Date.parse(wanted.at);
  for (const grant of grants) {
    const fits = grant.userId === wanted.userId && grant.hallCode === wanted.hallCode && grant.itemCodes.has(wanted.itemCode);
    if (fits && isValidAt(grant, at)) return true;
  }
  return false;
}

function isValidAt(grant: Grant, at: number): boolean {
  return grant.validFrom <= at && (grant.validTo === null || at <= grant.validTo) && (grant.revokedAt === null || at < grant.revokedAt);
}

/** Opens a grant. A grant never changes: a second one under the same id is refused. */
export function judgeGranted(grants: Map<string, Grant>, data: PermissionGrantedData): Verdict {
  if (grants.has(data.grantId)) return refused('grant-exists', '该授权编号已存在，变更请先收回再重新开通');
  grants.set(data.grantId, {
    grantId: data.grantId, userId: data.userId, hallCode: data.hallCode, itemCodes: new Set(data.itemCodes),
    validFrom: Date.parse(data.validFrom), validTo: data.validTo === undefined ? null : Date.parse(data.validTo), revokedAt: null,
  });
  return applied(null);
}

/** Ends a grant; one that is not known yet is waited for. */
export function judgeRevoked(grants: Map<string, Grant>, data: JiujinEventOf<'permission.revoked'>['data']): Verdict {
  const grant = grants.get(data.grantId);
  if (grant === undefined) return parked('grant-unknown', '尚未收到该授权，先行挂起');
  const revokedAt = Date.parse(data.revokedAt);
  if (grant.revokedAt !== null && grant.revokedAt <= revokedAt) return ignored('grant-already-revoked', '该授权已收回');
  grants.set(grant.grantId, { ...grant, revokedAt });
  return applied(null);
}

/** A grant as the ledger holds it. */
export function grantOf(row: GrantRow): Grant {
  return {
    grantId: row.grant_id, userId: row.user_id, hallCode: row.hall_code, itemCodes: new Set(row.item_codes),
    validFrom: row.valid_from.getTime(), validTo: row.valid_to?.getTime() ?? null, revokedAt: row.revoked_at?.getTime() ?? null,
  };
}
