import { join } from 'node:path';
import { CHECKOUT } from '../servers/profile.ts';
import type { ProgramPlan } from './program.ts';

export const BRIDGE_PROGRAMS = ['gateway', 'district-adapter', 'centre-adapter'] as const;
export const SIMULATORS = ['platform', 'centre'] as const;
export type BridgeProgram = (typeof BRIDGE_PROGRAMS)[number];
export type ProgramName = BridgeProgram | (typeof SIMULATORS)[number];
export type Ports = Record<ProgramName, number>;

/** The ports that are taken when they are free. */
export const USUAL_PORTS: Ports = { 'gateway': 8700, 'district-adapter': 8701, 'centre-adapter': 8702, 'platform': 8801, 'centre': 8802 };

/**
 * Keeps each program small: without a bound the heap grows with the machine's memory before anything is collected. A young generation of 2 MiB
 * costs a fifth of the processor's time in collections, one of 16 MiB costs 30 MiB more memory: this is between the two, and has its size from the start.
 * V8 would remember that what is made at the start lives long, and make things of the same kind old from then on: such as the arrays of every batch,
 * which are then collected with all of the heap, twice a second, instead of by themselves.
 */
const BRIDGE_NODE_ARGS = ['--max-old-space-size=128', '--min-semi-space-size=4', '--max-semi-space-size=4', '--no-allocation-site-pretenuring'];
/** Two arenas instead of eight for each core: what one thread gave back, another can use. */
const ALLOCATOR_ENV = { MALLOC_ARENA_MAX: '2' };
/**
 * A place to keep compiled modules for the next start. It saves a tenth of the processor's time until a program is ready, but what was read from it stays
 * in memory: 20 MiB of the gateway, which has the most modules and therefore goes without.
 */
const COMPILED_ENV = { NODE_COMPILE_CACHE: join(CHECKOUT, '.jiujin/compiled') };

export interface LocalRun {
  readonly ports: Ports;
  readonly secrets: string;
  /** Folder of the simulators' records. */
  readonly records: string;
  /** Middle part of the project numbers, which is this run's own; without it the record's. */
  readonly series: string | null;
  readonly catalogueDir: string;
  readonly seed: number;
  readonly thinkMs: number;
}

/** How the bridge's programs run on one machine, with secrets made for this machine; they learn where the servers are once those are up. */
export function bridgePlans(run: LocalRun): ProgramPlan[] {
  const secret = (name: string): string => join(run.secrets, name);
  const common = { HOST: '127.0.0.1', CATALOGUE_DIR: run.catalogueDir, LEDGER_KEYS_FILE: secret('ledger-keys.json') };
  const own: Record<BridgeProgram, Record<string, string>> = {
    'gateway': { OPS_TOKEN_FILE: secret('ops-token') },
    'district-adapter': { INGRESS_KEYS_FILE: secret('district-ingress-keys.json'), ENDPOINTS_FILE: secret('district-endpoints.json'), ...canaries() },
    'centre-adapter': { INGRESS_KEYS_FILE: secret('centre-ingress-keys.json'), ENDPOINTS_FILE: secret('centre-endpoints.json') },
  };
  return BRIDGE_PROGRAMS.map((name) => ({
    ...bridgePlan(name, run.ports, { ...common, ...own[name] }), warmUp: `dist/apps/${name}/src/${name}.module.js`,
  }));
}

/** Off unless it is asked for, because receivers must know canaries; the simulators do. */
function canaries(): Record<string, string> {
  return { CANARY_INTERVAL_MS: process.env['CANARY_INTERVAL_MS'] ?? '60000' };
}

/** One program of the bridge, with these settings over the ones of our own environment. */
export function bridgePlan(name: BridgeProgram, ports: Readonly<Record<BridgeProgram, number>>, env: Readonly<Record<string, string>>): ProgramPlan {
  return {
    name, script: `dist/apps/${name}/src/main.js`, nodeArgs: BRIDGE_NODE_ARGS, port: ports[name], readyPath: '/health/ready',
    env: { ...inherited(), ...(name === 'gateway' ? {} : COMPILED_ENV), NODE_ENV: 'production', ...ALLOCATOR_ENV, ...env, PORT: String(ports[name]) },
  };
}

/** The stand-ins for the world outside, which Node runs as they are. */
export function simulatorPlans(run: LocalRun): ProgramPlan[] {
  const plan = (name: 'platform' | 'centre', keysFile: string, door: BridgeProgram): ProgramPlan => ({
    name, script: `apps/simulator/src/${name}/main.ts`, nodeArgs: ['--disable-warning=ExperimentalWarning'], port: run.ports[name], readyPath: '/health/live',
    env: {
      ...inherited(), ...COMPILED_ENV, HOST: '127.0.0.1', PORT: String(run.ports[name]), DATA_DIR: join(run.records, name), KEYS_FILE: join(run.secrets, keysFile),
      BRIDGE_URL: `http://127.0.0.1:${run.ports[door]}`, SEED: String(run.seed), ...(run.series === null ? {} : { SERIES: run.series }), THINK_MS: String(run.thinkMs),
      SCHEMAS_DIR: join(CHECKOUT, 'libs/contracts/schemas'), CATALOGUE_DIR: run.catalogueDir,
    },
  });
  return [plan('platform', 'platform-keys.json', 'district-adapter'), plan('centre', 'centre-keys.json', 'centre-adapter')];
}

/** Our own environment without what npm adds to it. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_OPTIONS$|INIT_CWD$)/.test(name)));
}
