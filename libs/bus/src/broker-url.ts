/** @throws when there is no URL, or one that is no AMQP URL; the error does not repeat it, for it may hold a password. */
export function checkUrls(urls: readonly string[]): void {
  if (urls.length === 0) throw new Error('no RabbitMQ URL is given; set RABBITMQ_URL to amqp://user:password@host:port/vhost');
  const bad = urls.findIndex((url) => !URL.canParse(url) || !/^amqps?:$/.test(new URL(url).protocol));
  if (bad !== -1) throw new Error(`RabbitMQ URL ${bad + 1} of ${urls.length} is not of the form amqp://user:password@host:port/vhost (or amqps://)`);
}

/** The URL that is handed to the client: with the heartbeat that notices a dead connection. */
export function connectUrl(url: string, heartbeatSeconds: number): string {
  const parsed = new URL(url);
  parsed.searchParams.set('heartbeat', String(heartbeatSeconds));
  return parsed.toString();
}

/** Host, port and vhost, without the user and the password: what may be logged. */
export function describeBroker(url: string): string {
  const { hostname, port, pathname, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === 'amqps:' ? '5671' : '5672')}${pathname}`;
}

/** Whether the broker itself said no (wrong password, no such vhost): trying again cannot help at the start. */
export function isRefusedForGood(error: unknown): boolean {
  return /ACCESS[_-]REFUSED|NOT[_-]ALLOWED|access to vhost|vhost .* not found/i.test(String((error as Error).message));
}
