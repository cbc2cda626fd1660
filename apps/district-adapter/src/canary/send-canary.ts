import type { JiujinEventOf } from '#contracts';
import { signOutgoing, type KeyBook } from '#edge';

const ANSWER_TIMEOUT_MS = 10_000;

/** How the door answered a canary; `null` when it did not. */
export type CanaryAnswer = { readonly status: number; readonly code: string | null } | null;

/** Brings a canary to a door over HTTP, signed with a key of its hall that is valid now, just as the hall would. Never rejects. */
export async function sendCanary(door: URL, hallCode: string, event: JiujinEventOf<'case.received'>, keys: KeyBook, stop: AbortSignal): Promise<CanaryAnswer> {
  const appKey = `hall-${hallCode}`;
  const now = Date.now();
  const [keyId, key] = [...keys.get(appKey)?.keys ?? []].find(([, { notBefore, notAfter }]) => notBefore <= now && now < notAfter) ?? [];
  if (keyId === undefined || key === undefined) return null;
  const url = new URL(`/v1/halls/${hallCode}/intake-events`, door);
  const body = Buffer.from(JSON.stringify(event));
  const signed = signOutgoing({ method: 'POST', url, body, appKey }, { keyId, ...key });
  try {
    const response = await fetch(url, {
      method: 'POST', body, headers: { 'content-type': 'application/cloudevents+json', ...signed }, signal: AbortSignal.any([stop, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    const answer = await response.json() as { readonly code?: unknown };
    return { status: response.status, code: typeof answer.code === 'string' ? answer.code : null };
  } catch {
    return null;
  }
}
