/** The address of a real server, put into the environment by the global set-up. */
export function serverUrl(name: 'RABBITMQ_URL' | 'RABBITMQ_MANAGEMENT_URL' | 'REDIS_URL' | 'DATABASE_URL'): URL {
  const value = process.env[name] ?? (name === 'RABBITMQ_MANAGEMENT_URL' ? guessManagementUrl() : undefined);
  if (value === undefined) throw new Error(`${name} is not set: run this suite through jest's global set-up (npm test)`);
  return new URL(value);
}

/** A RabbitMQ named in the environment is asked on the management plugin's usual port unless told otherwise. */
function guessManagementUrl(): string | undefined {
  const [amqp] = (process.env['RABBITMQ_URL'] ?? '').split(',');
  if (!amqp) return undefined;
  const url = new URL(amqp.replace(/^amqp/, 'http'));
  url.port = '15672';
  url.pathname = '/';
  return url.href;
}

/** A name that no other test file, run or person uses at the same time. */
export function uniqueName(): string {
  return `t${process.pid}_${Date.now().toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
}
