import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

const DAY_MS = 86_400_000;
const SOON_DAYS = 7;

/** Who we are at the gateway. */
export interface Who {
  readonly name: string;
  readonly rights: readonly string[];
}

/** Whether the rest can be looked at at all, and for how long the token is good. */
export function judgeAccess(who: Who, tokenFrom: string, tokenEnds: string | null, now: number): Finding {
  const about = ['token', '访问令牌'] as const;
  if (!who.rights.includes('see-metadata')) return bad(about, `${who.name}：没有查看权限`, '请管理员给此账号“查看”角色，再 bridgectl login。');
  const left = tokenEnds === null ? Infinity : (Date.parse(tokenEnds) - now) / DAY_MS;
  if (left <= SOON_DAYS) return warn(about, `${tokenFrom}，还有 ${Math.max(0, Math.floor(left))} 天到期`, '重新运行 bridgectl login。');
  return ok(about, `${who.name}，${tokenFrom}`);
}

/** The certificate by which the gateway proves itself. */
export function judgeCertificate(endsAt: number, now: number): Finding {
  const about = ['certificate', '网关的证书'] as const;
  const days = Math.floor((endsAt - now) / DAY_MS);
  const until = new Date(endsAt).toISOString().slice(0, 10);
  if (days < 0) return bad(about, `已于 ${until} 过期`, '立即换上新证书。');
  return days < 30 ? warn(about, `${until} 过期，还有 ${days} 天`, '在此之前换上新证书。') : ok(about, `${until} 过期`);
}
