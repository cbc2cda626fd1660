import { APPS } from '#contracts';
import type { Party } from '#contracts';
import { partyZh } from '../ops-api/words.ts';
import { clock, msBetween } from './condition.ts';
import type { Condition, Finding } from './condition.ts';
import { living } from './edge-conditions.ts';
import type { WatchFacts } from './watch-facts.ts';
import type { WatchLimits } from './watch-limits.ts';

/**
 * A TLS certificate of an endpoint that ends soon (证书将到期): told long before, for the other side has to order a new one. Programs look every few hours, so the
 * newest word on an endpoint counts, also that of a program which has ended since.
 */
export const certificateExpiring: Condition = {
  zh: '证书将到期',
  en: 'A certificate ends soon',
  find: (facts, limits) => endingSoon(certificates(facts), facts.now, limits).map(({ subject, end }) => ({
    subject, opens: true, ...when(end, facts.now, {
      zh: (phrase) => `${partyZh(subject as Party)}接口的 TLS 证书${phrase}。到期后投递都会失败（tls-expired）：请联系对方更换，换好后在通道详情做一次连接测试。`,
      en: (phrase) => `The TLS certificate of ${subject} ${phrase}. Every delivery fails after that (tls-expired): have the other side replace it, then test the connection.`,
    }), facts: { subject, notAfter: end.toISOString() },
  })),
};

/** A party whose last signing key ends soon (签名密钥将到期): after that its door refuses everything it sends. */
export const signingKeyExpiring: Condition = {
  zh: '签名密钥将到期',
  en: 'A signing key ends soon',
  find: (facts, limits) => endingSoon(lastKeys(facts, limits), facts.now, limits).map(({ subject, end }) => ({
    subject, opens: true, ...when(end, facts.now, {
      zh: (phrase) => `${partyZh(subject as Party)}最后一把签名密钥${phrase}。到期后它送来的一律被拒（key-expired）：请发新密钥给对方，加进 INGRESS_KEYS_FILE 并重启适配器，两把并存到对方换好为止。`,
      en: (phrase) => `The last signing key of ${subject} ${phrase}. Everything it sends is refused after that (key-expired): give it a new one, add that to INGRESS_KEYS_FILE, and keep both until it has changed over.`,
    }), facts: { subject, notAfter: end.toISOString() },
  })),
};

interface Ending {
  readonly subject: string;
  readonly end: Date;
}

function endingSoon(endings: readonly Ending[], now: Date, { expiryMs }: WatchLimits): Ending[] {
  return endings.filter(({ end }) => msBetween(now, end) <= expiryMs);
}

/** Of each endpoint, the certificate that was seen last. */
function certificates({ programs }: WatchFacts): Ending[] {
  const seen = programs.flatMap(({ connections }) => connections ?? []).toSorted((one, other) => one.at.localeCompare(other.at));
  const newest = new Map(seen.flatMap(({ destination, certificateNotAfter }) => (certificateNotAfter === null ? [] : [[destination, certificateNotAfter] as const])));
  return [...newest].map(([subject, end]) => ({ subject, end: new Date(end) }));
}

/** Of each party, when the key ends that is good longest; a key without an end never does. An app that is just being started anew has the keys that it last had. */
function lastKeys({ programs, ...facts }: WatchFacts, limits: WatchLimits): Ending[] {
  const alive = living({ programs, ...facts }, limits);
  const telling = APPS.flatMap((app) => {
    const running = alive.filter((program) => program.app === app);
    return running.length > 0 ? running : programs.filter((program) => program.app === app).slice(-1);
  });
  const keys = Map.groupBy(telling.flatMap((program) => program.signing_keys ?? []), ({ party }) => party);
  return [...keys].flatMap(([subject, theirs]) => {
    const ends = theirs.map(({ notAfter }) => (notAfter === null ? Infinity : Date.parse(notAfter)));
    const last = Math.max(...ends);
    return Number.isFinite(last) ? [{ subject, end: new Date(last) }] : [];
  });
}

/** The text changes once, when the end is past: it names the moment and not how long it is until then. */
function when(end: Date, now: Date, text: { zh(phrase: string): string; en(phrase: string): string }): Pick<Finding, 'zh' | 'en'> {
  return end <= now
    ? { zh: text.zh(`已于 ${clock(end)} 到期`), en: text.en(`ended at ${clock(end)}`) }
    : { zh: text.zh(`将于 ${clock(end)} 到期`), en: text.en(`ends at ${clock(end)}`) };
}
