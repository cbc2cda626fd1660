/** A cookie of ours: how long, and whether a page elsewhere that leads here brings it along. */
interface CookieOptions {
  readonly sameSite: 'Strict' | 'Lax';
  readonly secure: boolean;
  /** Until the browser closes, unless told. */
  readonly maxAgeSeconds?: number;
}

/** A value as we make them: random bytes in base64url. */
const VALUE = /^[A-Za-z0-9_-]{43}$/;

/** With TLS the browser itself sees to it (RFC 6265bis, `__Host-`) that no neighbouring host and no plain page can have set the cookie. */
export function cookieName(name: string, secure: boolean): string {
  return secure ? `__Host-${name}` : name;
}

/** The `Set-Cookie` header: never for scripts, for this host alone. */
export function setCookie(name: string, value: string, { sameSite, secure, maxAgeSeconds }: CookieOptions): string {
  const parts = [`${cookieName(name, secure)}=${value}`, 'Path=/', 'HttpOnly', `SameSite=${sameSite}`];
  if (secure) parts.push('Secure');
  if (maxAgeSeconds !== undefined) parts.push(`Max-Age=${maxAgeSeconds}`);
  return parts.join('; ');
}

/** The value of a cookie of ours, or `null` when there is none of the right form. */
export function readCookie(header: unknown, name: string, secure: boolean): string | null {
  if (typeof header !== 'string') return null;
  const start = `${cookieName(name, secure)}=`;
  const value = header.split(';').map((part) => part.trim()).find((part) => part.startsWith(start))?.slice(start.length);
  return value !== undefined && VALUE.test(value) ? value : null;
}
