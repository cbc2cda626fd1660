/** A setting that is unsafe, or will be in production (设置隐患): never with its value, a host or a user. */
export interface SettingConcern {
  /** Environment variable. */
  readonly setting: string;
  readonly severity: 'warn' | 'bad';
  readonly zh: string;
  readonly adviceZh: string;
}

/** The address of a server as a setting has it. */
export interface JudgedAddress {
  readonly setting: string;
  readonly url: string;
  readonly encrypted: boolean;
  /** Whether this server is one that asks everybody for a password. */
  readonly needsPassword: boolean;
  /** NODE_ENV. */
  readonly environment: string | undefined;
}

/** Passwords that everybody tries first. */
const GUESSED: ReadonlySet<string> = new Set(['', 'guest', 'postgres', 'password', 'admin', 'root', 'redis', 'rabbitmq', 'jiujin', 'secret', 'changeme', '123456', '12345678', 'test']);
const SHORTEST_PASSWORD = 12;

/** Whether a host name means this machine: what goes there crosses no network. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

/** What is wrong with the address of a server: a password that can be guessed, or a way over the network that is not encrypted. */
export function judgeAddress(address: JudgedAddress): SettingConcern[] {
  const url = URL.parse(address.url);
  if (url === null) return [];
  const here = isLoopback(url.hostname);
  return [...judgePassword(address, url, here), ...(address.encrypted || here ? [] : [plainOnTheWire(address)])];
}

function judgePassword({ setting, needsPassword }: JudgedAddress, url: URL, here: boolean): SettingConcern[] {
  const [user, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  const weak = GUESSED.has(password) || password === user || password.length < SHORTEST_PASSWORD;
  if (!weak || (password === '' && here && !needsPassword)) return [];
  return [{ setting, severity: here ? 'warn' : 'bad', zh: '密码为空、太短或是人人会试的', adviceZh: `换一个 ${SHORTEST_PASSWORD} 位以上的随机密码，写在 ${setting}_FILE 指定的文件里（0600）。` }];
}

function plainOnTheWire({ setting, environment }: JudgedAddress): SettingConcern {
  return {
    setting, severity: environment === 'production' ? 'bad' : 'warn', zh: '经网络连接而没有加密：密码和内容在网络上是明文',
    adviceZh: setting === 'DATABASE_URL' ? '地址加上 ?sslmode=verify-full。' : '改用 amqps://、rediss:// 地址。',
  };
}
