import { ConfigError } from './config-error.ts';
import { RedisNotDurableError } from './redis-durability.ts';

/** What to do about a start that failed, in one line for each language. */
export interface StartAdvice {
  readonly zh: string;
  readonly en: string;
}

interface ErrorFacts {
  readonly message: string;
  readonly code?: string | number;
  readonly address?: string;
  readonly port?: number;
}

interface Rule {
  readonly matches: (facts: ErrorFacts) => boolean;
  readonly advice: (facts: ErrorFacts, server: Server | null) => StartAdvice;
}

interface Server {
  readonly name: string;
  readonly variable: string;
  /** `host:port` */
  readonly place: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const SERVERS = [
  { name: 'RabbitMQ', variable: 'RABBITMQ_URL', port: '5672' },
  { name: 'PostgreSQL', variable: 'DATABASE_URL', port: '5432' },
  { name: 'Redis', variable: 'REDIS_URL', port: '6379' },
] as const;

const UNREACHABLE = new Set(['ECONNREFUSED', 'ENOTFOUND', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EAI_AGAIN', 'ECONNRESET']);

const OTHER_ARGUMENTS = /^(\S+) exists on RabbitMQ with other arguments/;

const RULES: readonly Rule[] = [
  {
    matches: ({ code }) => code === 'EADDRINUSE',
    advice: ({ port, address }) => ({
      zh: `端口 ${port ?? '?'} 已被占用：停止占用它的程序，或用 PORT 另设端口`,
      en: `port ${port ?? '?'} on ${address ?? 'this machine'} is in use: stop the program that holds it, or set PORT to another one`,
    }),
  },
  {
    matches: ({ code, message }) => code === 'EACCES' && /listen/.test(message),
    advice: ({ port }) => ({ zh: `无权监听端口 ${port ?? '?'}：用 PORT 设 1024 以上的端口`, en: `not allowed to listen on port ${port ?? '?'}: set PORT to 1024 or above` }),
  },
  {
    matches: ({ message }) => /ACCESS[_-]REFUSED.*(?:vhost|virtual host)|access to vhost|NOT_ALLOWED/i.test(message),
    advice: () => ({
      zh: 'RabbitMQ 没有这个虚拟主机或用户无权使用：检查 RABBITMQ_URL 末尾的虚拟主机名，用 rabbitmqctl add_vhost / set_permissions 建立并授权',
      en: 'RabbitMQ has no such virtual host, or the user may not use it: check the end of RABBITMQ_URL, or create and grant it with rabbitmqctl add_vhost / set_permissions',
    }),
  },
  {
    matches: ({ message }) => OTHER_ARGUMENTS.test(message),
    advice: ({ message }) => {
      const name = OTHER_ARGUMENTS.exec(message)?.[1] ?? '';
      return { zh: `RabbitMQ 上已有 ${name}，但参数不同，而已有队列的参数不能修改：先取空其中的消息，停止各程序，执行 rabbitmqctl delete_queue -p <虚拟主机> ${name}，再启动`, en: message };
    },
  },
  {
    matches: ({ message }) => /ACCESS[_-]REFUSED/i.test(message),
    advice: () => ({ zh: 'RabbitMQ 拒绝登录：检查 RABBITMQ_URL 中的用户名和口令', en: 'RabbitMQ refused the login: check the user and the password in RABBITMQ_URL' }),
  },
  {
    matches: ({ code }) => code === '28P01' || code === '28000',
    advice: () => ({ zh: 'PostgreSQL 拒绝登录：检查 DATABASE_URL 中的用户名和口令', en: 'PostgreSQL refused the login: check the user and the password in DATABASE_URL' }),
  },
  {
    matches: ({ code }) => code === '3D000',
    advice: ({ message }) => ({ zh: 'PostgreSQL 中没有 DATABASE_URL 指定的数据库：先用 createdb 建立', en: `create the database named in DATABASE_URL first, with createdb (PostgreSQL: ${message})` }),
  },
  {
    matches: ({ code }) => code === '57P03',
    advice: () => ({ zh: 'PostgreSQL 正在启动：稍后再试', en: 'PostgreSQL is still starting: try again in a moment' }),
  },
  {
    matches: ({ message }) => /^(?:WRONGPASS|NOAUTH)|invalid username-password pair/.test(message),
    advice: () => ({ zh: 'Redis 拒绝登录：检查 REDIS_URL 中的用户名和口令', en: 'Redis refused the login: check the user and the password in REDIS_URL' }),
  },
  {
    matches: ({ code, message }) => UNREACHABLE.has(String(code)) || /ECONNREFUSED|ENOTFOUND|ETIMEDOUT/.test(message),
    advice: (facts, server) => {
      const place = server?.place ?? (facts.address ? `${facts.address}:${facts.port ?? '?'}` : facts.message);
      const [name, variable] = server ? [server.name, server.variable] : ['a server', 'RABBITMQ_URL, DATABASE_URL, REDIS_URL'];
      return {
        zh: `${server?.name ?? '服务器'}（${place}）连不上：确认它已启动，或修改 ${variable}`,
        en: `${name} at ${place} does not answer (${String(facts.code ?? 'no connection')}): start it, or correct ${variable}`,
      };
    },
  },
];

/**
 * Turns whatever stopped the start into one line that says what to do. Errors that already say so (configuration, topology, handlers)
 * pass unchanged.
 *
 * @param env names the servers, so that a refused connection can be told by its address
 */
export function explainStartError(error: unknown, env: Environment = process.env): StartAdvice {
  if (error instanceof ConfigError || error instanceof RedisNotDurableError) return oneLine({ zh: error.zh, en: error.message });
  const chain = causesOf(error);
  for (const rule of RULES) {
    const facts = chain.find((candidate) => rule.matches(candidate));
    if (facts) return oneLine(rule.advice(facts, serverOf(chain, env)));
  }
  const message = chain[0]?.message ?? 'unknown error';
  return oneLine({ zh: `启动失败：${message}`, en: message });
}

function causesOf(error: unknown, depth = 0): ErrorFacts[] {
  if (typeof error !== 'object' || error === null) return [{ message: String(error) }];
  const { message = '', code, address, port, cause, errors } = error as ErrorFacts & { cause?: unknown; errors?: unknown[] };
  const facts: ErrorFacts = { message, code, address, port };
  const deeper = [...(cause === undefined ? [] : [cause]), ...(errors ?? [])];
  return depth > 4 ? [facts] : [facts, ...deeper.flatMap((item) => causesOf(item, depth + 1))];
}

function serverOf(chain: readonly ErrorFacts[], env: Environment): Server | null {
  const text = chain.map(({ message, address, port }) => `${message} ${address ?? ''}:${port ?? ''}`).join(' ');
  for (const { name, variable, port } of SERVERS) {
    const places = placesOf(env[variable], port);
    const place = places.find((candidate) => text.includes(candidate) || text.includes(candidate.replace(/^localhost:/, '127.0.0.1:')));
    if (place ?? text.includes(name)) return { name, variable, place: place ?? places[0] ?? name };
  }
  return null;
}

function placesOf(urls: string | undefined, defaultPort: string): string[] {
  return (urls ?? '').split(',').map((url) => url.trim()).filter((url) => URL.canParse(url)).map((url) => {
    const { hostname, port } = new URL(url);
    return `${hostname}:${port || defaultPort}`;
  });
}

/** No line breaks, and no password of a URL. */
function oneLine({ zh, en }: StartAdvice): StartAdvice {
  const clean = (text: string): string => text.replaceAll(/:\/\/[^/@\s]*@/g, '://***@').replaceAll(/\s*\n\s*/g, ' ');
  return { zh: clean(zh), en: clean(en) };
}
