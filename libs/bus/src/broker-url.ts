/** The URL that is handed to the client: with the heartbeat that notices a dead connection. */
export function connectUrl(url: string, heartbeatSeconds: number): string {
  const parsed = new URL(url);
  parsed.searchParams.set('heartbeat', String(heartbeatSeconds));
  return parsed.toString();
}

/** Host, port and vhost, without the user and the password: what may be logged. */
export function describeBroker(url: string): string {
  if (!URL.canParse(url)) return '(not a URL)';
  const { hostname, port, pathname, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'amqps:' ? '5671' : '5672')}${pathname}`;
}

/** Whether the broker itself said no (wrong password, no such vhost): trying again cannot help at the start. */
export function isRefusedForGood(error: unknown): boolean {
  return /ACCESS[_-]REFUSED|NOT[_-]ALLOWED|access to vhost|vhost .* not found/i.test(String((error as Error).message));
}
