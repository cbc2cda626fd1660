import { performance } from 'node:perf_hooks';
import { Inject, Injectable } from '@nestjs/common';
import { GatewayConfig } from '../gateway.config.ts';
import { OpsProblem } from '../ops-api/problems/ops-problem.ts';
import { addressBlock } from './address-block.ts';

const MINUTE_MS = 60_000;
const SECOND_MS = 1000;
const ADDRESSES_KEPT = 10_000;

/** Logins that an address may begin still, when it was last looked at. */
interface Bucket {
  readonly left: number;
  readonly at: number;
}

/**
 * Logins, and sign-ins begun at the identity provider, by the address they come from (a token bucket each): whoever begins many leaves room for the others, whatever
 * names they use. It guards the work of this gateway and is forgotten with it; what guards the passwords is in the ledger.
 */
@Injectable()
export class AddressLimit {
  private readonly perMinute: number;
  /** In the order of their last use. */
  private readonly buckets = new Map<string, Bucket>();

  constructor(@Inject(GatewayConfig) { loginsPerMinute }: Pick<GatewayConfig, 'loginsPerMinute'>) {
    this.perMinute = loginsPerMinute;
  }

  /** `now` is milliseconds of a clock that never goes back. @throws OpsProblem `too-many-logins`, with the time to come back */
  take(ip: string, now = performance.now()): void {
    const block = addressBlock(ip);
    const most = this.perMinute / 2;
    const { left, at } = this.buckets.get(block) ?? { left: most, at: now };
    const filled = Math.min(most, left + (now - at) * this.perMinute / MINUTE_MS);
    this.keep(block, { left: filled < 1 ? filled : filled - 1, at: now });
    if (filled < 1) throw tooMany(Math.ceil((1 - filled) * MINUTE_MS / this.perMinute / SECOND_MS));
  }

  private keep(block: string, bucket: Bucket): void {
    this.buckets.delete(block);
    this.buckets.set(block, bucket);
    const [oldest] = this.buckets.keys();
    if (this.buckets.size > ADDRESSES_KEPT && oldest !== undefined) this.buckets.delete(oldest);
  }
}

function tooMany(seconds: number): OpsProblem {
  return new OpsProblem('too-many-logins', {
    detail: `Try again in ${seconds} s (LOGINS_PER_MINUTE). Behind a proxy, TRUSTED_PROXIES tells people apart.`,
    detailZh: `请 ${seconds} 秒后再试（LOGINS_PER_MINUTE）。经反向代理访问时，须设 TRUSTED_PROXIES 才能区分各人。`,
  }, [], seconds);
}
