import { longTime, plain } from '../../terminal/plain-text.ts';
import { bad, ok, warn } from './finding.ts';
import type { Finding } from './finding.ts';

/** The keys that seal personal data: which there are. */
export interface LedgerKeys {
  readonly active: number;
  readonly versions: readonly number[];
  readonly fileChangedAt: string | null;
  readonly fileOpenToOthers: boolean | null;
}

/** A key by which a party signs: its name, and when it is good. */
export interface SigningKey {
  readonly party: string;
  readonly partyZh: string;
  readonly keyId: string;
  readonly notBefore: string | null;
  readonly notAfter: string | null;
}

const DAY_MS = 86_400_000;
const DAYS = { bad: 7, warn: 30, old: 400 } as const;

/** Whether the sealing keys are hidden from others, and changed now and then. */
export function judgeLedgerKeys({ active, versions, fileChangedAt, fileOpenToOthers }: LedgerKeys, now: number): Finding {
  const about = ['ledger-keys', '封存密钥'] as const;
  const said = `用第 ${active} 版封存，文件中有 ${versions.join('、')} 版${fileChangedAt === null ? '' : `，文件改于 ${longTime(fileChangedAt)}`}`;
  if (fileOpenToOthers === true) return bad(about, `${said}；别的用户也能读`, '密钥文件 chmod 600，属主为运行程序的用户。');
  const days = fileChangedAt === null ? 0 : (now - Date.parse(fileChangedAt)) / DAY_MS;
  return days > DAYS.old ? warn(about, said, '一年多没有轮换：按值班手册先给三个程序加上新版，再把 active 改为新版；旧版要留着。') : ok(about, said);
}

/** By party: what counts is whether it can still sign, and until when. */
export function judgeSigningKeys(keys: readonly SigningKey[], now: number): Finding[] {
  if (keys.length === 0) return [warn(['signing-keys', '签名密钥'], '没有适配器报告', '适配器没有在运行，或比网关旧。')];
  return [...Map.groupBy(keys, ({ party }) => party).values()].map((theirs) => judgePartyKeys(theirs, now));
}

function judgePartyKeys(keys: readonly SigningKey[], now: number): Finding {
  const about = ['signing-keys', `签名密钥：${plain(keys[0]?.partyZh)}`] as const;
  const good = keys.filter(({ notBefore, notAfter }) => msOf(notBefore, -Infinity) <= now && msOf(notAfter, Infinity) > now);
  const last = Math.max(...keys.map(({ notAfter }) => msOf(notAfter, Infinity)));
  if (good.length === 0) return bad(about, '没有一个现在有效：它发来的都会被拒收（key-expired）', '立即与对方商定新密钥，写进 INGRESS_KEYS_FILE，重启适配器。');
  const names = good.map(({ keyId }) => plain(keyId)).join('、');
  if (last === Infinity) return ok(about, `有效：${names}，没有期限`);
  const days = Math.floor((last - now) / DAY_MS);
  const said = `有效：${names}，最晚的 ${new Date(last).toISOString().slice(0, 10)} 失效，还有 ${days} 天`;
  const advice = '与对方商定新密钥，先加进 INGRESS_KEYS_FILE（新旧可同时有效），对方换好再删旧的。';
  if (days <= DAYS.bad) return bad(about, said, advice);
  return days <= DAYS.warn ? warn(about, said, advice) : ok(about, said);
}

function msOf(instant: string | null, none: number): number {
  return instant === null ? none : Date.parse(instant);
}
