import { createHash } from 'node:crypto';
import type { OidcLoopback } from '../../ledger/access-oidc-rows.ts';

/** Where a terminal waits on the machine of the person who signs in (RFC 8252 section 7.3). Only its port is told: that it is that machine and no other is not left to who asks. */
export interface Loopback {
  readonly port: number;
  /** By which the terminal knows the answer as its own. */
  readonly state: string;
  /** Digest of what only the terminal knows (RFC 7636, S256). */
  readonly challenge: string;
}

/** Where the browser goes with the answer for the terminal. */
export function loopbackUrl({ port, state }: Loopback, answer: { readonly code: string } | { readonly error: string }): string {
  return `http://127.0.0.1:${port}/?${new URLSearchParams({ state, ...answer }).toString()}`;
}

/** What a terminal that knows `verifier` has sent as its challenge. */
export function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

/** As the ledger keeps it beside the sign-in; a browser's has none. */
export function columnsOf(loopback: Loopback | null): OidcLoopback {
  return { loopback_port: loopback?.port ?? null, loopback_state: loopback?.state ?? null, loopback_challenge: loopback?.challenge ?? null };
}

export function loopbackOf({ loopback_port: port, loopback_state: state, loopback_challenge: challenge }: OidcLoopback): Loopback | null {
  return port === null || state === null || challenge === null ? null : { port, state, challenge };
}
