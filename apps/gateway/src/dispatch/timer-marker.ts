import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { PatientCall } from './patient-call.ts';

const CALL_TIMEOUT_MS = 2_000;
/** How long a rebuild may be silent before another gateway takes it over. */
const CLAIM_MS = 30_000;

/** KEYS marker; ARGV: what must stand there now ('' for nothing), what shall, and for how many milliseconds (0: for good). Answers 1 when done. */
const SWAP = `
local found = redis.call('GET', KEYS[1]) or ''
if found ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then redis.call('SET', KEYS[1], ARGV[2]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1`;

/** A rebuild that this process does. */
export interface Rebuild {
  readonly claim: string;
  readonly server: string;
}

/** What the marker said: the timers are all there, some gateway is putting them there, or they may be gone. */
export interface MarkerState {
  readonly kind: 'complete' | 'being-rebuilt' | 'gone';
  readonly found: string;
  readonly server: string;
}

/**
 * A key in Redis that says "every timer of the ledger is here". Whatever empties Redis takes it along, and it names the run of the
 * server it was written in: a server that was restarted may have come back without the last second of its data. While a gateway
 * rebuilds, the key holds its claim; completing is a compare-and-set, so a Redis emptied in the middle is found empty afterwards.
 */
export class TimerMarker {
  private readonly redis: Redis;
  private readonly key: string;
  private readonly call = new PatientCall(CALL_TIMEOUT_MS);
  /** The last claim of this process, which it may take up again when it could not finish. */
  private own = '';

  constructor(redis: Redis, prefix: string) {
    this.redis = redis;
    this.key = `${prefix}timers-complete`;
  }

  /** @throws when Redis does not answer */
  async look(): Promise<MarkerState> {
    const [info, value] = await this.call.run(() => Promise.all([this.redis.info('server'), this.redis.get(this.key)]));
    const server = /^run_id:(\S+)/m.exec(info)?.[1] ?? '';
    const found = value ?? '';
    if (found === complete(server)) return { kind: 'complete', found, server };
    const others = found.startsWith(`rebuilding ${server} `) && found !== this.own;
    return { kind: others ? 'being-rebuilt' : 'gone', found, server };
  }

  /** Takes the rebuild, unless somebody else has taken it in between (`null`). `found`: what {@link look} found. */
  async claim({ found, server }: MarkerState): Promise<Rebuild | null> {
    const claim = `rebuilding ${server} ${randomUUID()}`;
    this.own = claim;
    return await this.swap(found, claim, CLAIM_MS) ? { claim, server } : null;
  }

  /** Says that the rebuild goes on; false when it is no longer ours, or Redis was emptied. */
  renew({ claim }: Rebuild): Promise<boolean> {
    return this.swap(claim, claim, CLAIM_MS);
  }

  /** Leaves the rebuild to whoever looks next. */
  leave({ claim }: Rebuild): Promise<boolean> {
    return this.swap(claim, 'left', CLAIM_MS);
  }

  /** Says that every timer is there; false when Redis was emptied meanwhile. */
  finish({ claim, server }: Rebuild): Promise<boolean> {
    return this.swap(claim, complete(server), 0);
  }

  private async swap(from: string, to: string, ms: number): Promise<boolean> {
    return await this.call.run(() => this.redis.eval(SWAP, 1, this.key, from, to, ms)) === 1;
  }
}

function complete(server: string): string {
  return `complete ${server}`;
}
