import { BRIDGE_PROGRAMS, USUAL_PORTS, type BridgeProgram } from './programs/plans.ts';

const EVERYWHERE = ['RABBITMQ_URL', 'REDIS_URL', 'LEDGER_KEYS'];
const NEEDED: Record<BridgeProgram, readonly string[]> = {
  'gateway': [...EVERYWHERE, 'DATABASE_URL', 'OPS_TOKEN'],
  'district-adapter': [...EVERYWHERE, 'INGRESS_KEYS', 'ENDPOINTS'],
  'centre-adapter': [...EVERYWHERE, 'INGRESS_KEYS', 'ENDPOINTS'],
};

/** `district-adapter` → `DISTRICT_ADAPTER_`: what a setting starts with that is meant for one program only. */
function prefixOf(name: BridgeProgram): string {
  return `${name.toUpperCase().replace('-', '_')}_`;
}

/** The settings of one program: everybody's, and over them those with its own prefix. */
export function settingsFor(name: BridgeProgram, env: NodeJS.ProcessEnv): Record<string, string> {
  const prefix = prefixOf(name);
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const own = given.filter(([key]) => key.startsWith(prefix)).map(([key, value]) => [key.slice(prefix.length), value]);
  return { ...Object.fromEntries(given), ...Object.fromEntries(own) as Record<string, string> };
}

/** One line for each setting that is missing, naming the programs that need it. */
export function missingSettings(env: NodeJS.ProcessEnv): string[] {
  const users = new Map<string, BridgeProgram[]>();
  for (const program of BRIDGE_PROGRAMS) {
    const settings = settingsFor(program, env);
    const missing = NEEDED[program].filter((name) => !settings[name] && !settings[`${name}_FILE`]);
    for (const name of missing) users.set(name, [...(users.get(name) ?? []), program]);
  }
  return [...users].map(([name, programs]) => `${name}（或 ${name}_FILE）：${programs.join('、')} 需要`);
}

/** The setting by which a program of the bridge gets another port. */
export function portSettingOf(name: BridgeProgram): string {
  return `${prefixOf(name)}PORT`;
}

/** The ports of the three programs: each has its own, so a plain PORT is refused. */
export function portsOf(env: NodeJS.ProcessEnv): Record<BridgeProgram, number> {
  if (env['PORT']) throw new Error('PORT：三个程序不能共用一个端口，请改用 GATEWAY_PORT、DISTRICT_ADAPTER_PORT、CENTRE_ADAPTER_PORT');
  const port = (name: BridgeProgram): number => {
    const given = env[portSettingOf(name)];
    const value = Number(given ?? USUAL_PORTS[name]);
    if (!Number.isInteger(value) || value < 1 || value > 65_535) throw new Error(`${portSettingOf(name)}：给的是 "${given}"，应为 1 到 65535 的整数`);
    return value;
  };
  return { 'gateway': port('gateway'), 'district-adapter': port('district-adapter'), 'centre-adapter': port('centre-adapter') };
}
