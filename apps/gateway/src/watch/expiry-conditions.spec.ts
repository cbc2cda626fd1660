import { describe, expect, it } from '@jest/globals';
import { GatewayConfig } from '../gateway.config.ts';
import type { EdgeInstanceRow } from '../ledger/edge-rows.ts';
import type { Condition, Finding } from './condition.ts';
import { certificateExpiring, signingKeyExpiring } from './expiry-conditions.ts';
import type { WatchFacts } from './watch-facts.ts';
import { watchLimits } from './watch-limits.ts';

const NOW = new Date('2026-11-23T10:00:00Z');
const DAY_MS = 24 * 3_600_000;
const limits = watchLimits(new GatewayConfig());
const inDays = (days: number): string => new Date(NOW.getTime() + days * DAY_MS).toISOString();

function adapter(given: Partial<EdgeInstanceRow>): EdgeInstanceRow {
  return { app: 'district-adapter', instance: 'one', seen_at: NOW, first_seen_at: NOW, stopped_at: null, signing_keys: null, connections: null, ...given } as EdgeInstanceRow;
}

const check = (days: number | null, at = NOW.toISOString()) => ({
  destination: 'hall:410204', testId: null, at, ok: true, step: 'tls', code: null, detailZh: null, latencyMs: 9, httpStatus: null, certificateNotAfter: days === null ? null : inDays(days),
}) as const;
const key = (days: number | null, keyId = 'k1') => ({ party: 'hall:410204', keyId, algorithm: 'HMAC-SM3', notBefore: null, notAfter: days === null ? null : inDays(days) }) as const;

function found(condition: Condition, ...programs: EdgeInstanceRow[]): Finding[] {
  return condition.find({ now: NOW, programs } as unknown as WatchFacts, limits) as Finding[];
}

describe('a certificate that ends soon', () => {
  it('is told thirty days before, with the moment and what to do, and once more when it is past', () => {
    expect(found(certificateExpiring, adapter({ connections: [check(31)] }))).toEqual([]);
    const [soon] = found(certificateExpiring, adapter({ connections: [check(30)] }));
    expect(soon).toMatchObject({ subject: 'hall:410204', opens: true, zh: expect.stringContaining('将于 2026-12-23 18:00:00 到期') as unknown, en: expect.stringContaining('ends at') as unknown });
    expect(found(certificateExpiring, adapter({ connections: [check(-1)] }))[0]?.zh).toContain('已于 2026-11-22');
  });

  it('is over when the newest look has seen a newer one, whichever program took it, and stands while an adapter is started anew', () => {
    const old = adapter({ stopped_at: NOW, connections: [check(3, inDays(-1))] });
    expect(found(certificateExpiring, old, adapter({ instance: 'two', connections: [] }))).toHaveLength(1);
    expect(found(certificateExpiring, adapter({ instance: 'two', connections: [check(365)] }), old)).toEqual([]);
    expect(found(certificateExpiring, adapter({ connections: [check(null)] }))).toEqual([]);
  });
});

describe('a signing key that ends soon', () => {
  it('is told when it is the last one of its party', () => {
    expect(found(signingKeyExpiring, adapter({ signing_keys: [key(5), key(400, 'k2')] }))).toEqual([]);
    expect(found(signingKeyExpiring, adapter({ signing_keys: [key(5), key(null, 'k2')] }))).toEqual([]);
    expect(found(signingKeyExpiring, adapter({ signing_keys: [key(-9), key(5, 'k2')] }))[0]).toMatchObject({ subject: 'hall:410204', zh: expect.stringContaining('INGRESS_KEYS_FILE') as unknown });
  });

  it('is what the running programs have, and what the last one had while none runs', () => {
    const before = adapter({ stopped_at: NOW, signing_keys: [key(5)] });
    expect(found(signingKeyExpiring, before)).toHaveLength(1);
    expect(found(signingKeyExpiring, before, adapter({ instance: 'two', signing_keys: [key(400)] }))).toEqual([]);
  });
});
