import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { claimProfile, endLeftovers, releaseProfile } from '../../local/programs/leftovers.ts';
import { bridgePlans, simulatorPlans, type BridgeProgram, type LocalRun, type Ports } from '../../local/programs/plans.ts';
import { Program, type ProgramPlan } from '../../local/programs/program.ts';
import { prepareSecrets, writeEndpoints } from '../../local/secrets.ts';
import { choosePorts } from '../../local/servers/free-port.ts';
import { placeFor, serverAccount } from '../../local/servers/postgres-account.ts';
import { CHECKOUT, openProfile, type Profile } from '../../local/servers/profile.ts';
import { SERVER_NAMES, type ServerName } from '../../local/servers/server-kind.ts';
import { SERVER_KINDS } from '../../local/servers/servers.ts';
import { KeptProgram } from './kept-program.ts';
import { KeptServer } from './kept-server.ts';
import { SHORT_PATIENCE } from './settings.ts';
import { FORGETFUL_HALL, INSTANCES, SIDES, type Instance, type Side } from './stage-names.ts';
import { TcpProxy } from './tcp-proxy.ts';

/** What each program of the bridge reads before anything else: it can then be started with a clock that is wrong, and die of a message. */
const PRELOADS = ['wrong-clock', 'dies-of-poison'].flatMap((name) => ['--import', pathToFileURL(join(CHECKOUT, `test/chaos/${name}.ts`)).href]);
const DOOR_OF: Record<Side, BridgeProgram> = { platform: 'district-adapter', centre: 'centre-adapter' };
const THINK_MS = 100;

export interface StageOptions {
  readonly profile: string;
  readonly seed: number;
  /** Compiles the programs; gives the folder they are in, which is the usual one unless a guarantee is broken on purpose. */
  readonly build: () => Promise<string>;
}

/**
 * Everything that a chaos run breaks: private servers, two of each program of the bridge, both simulators, and a proxy wherever one of them talks
 * to another over the network. Starts from nothing each time; nothing of it is left when it is cleared away, but the logs and records.
 */
export class Stage {
  readonly profile: Profile;
  readonly series = Math.floor(Date.now() / 1000).toString(36).slice(-6);
  readonly catalogueDir = join(CHECKOUT, 'libs/contracts/data');
  readonly servers = {} as Record<ServerName, KeptServer>;
  readonly programs = new Map<Instance, KeptProgram>();
  /** In front of each simulator, where the bridge delivers to it. */
  readonly fronts = {} as Record<Side, TcpProxy>;
  /** In front of both instances of an adapter, where its sender knocks. */
  readonly doors = {} as Record<Side, TcpProxy>;
  readonly #simulators = {} as Record<Side, Program>;
  readonly #options: StageOptions;
  #dist = '';
  #isOurs = false;

  constructor(options: StageOptions) {
    this.#options = options;
    this.profile = openProfile(options.profile);
  }

  async setUp(say: (line: string) => void, signal: AbortSignal): Promise<void> {
    claimProfile(this.profile);
    this.#isOurs = true;
    const leftovers = await endLeftovers(this.profile);
    if (leftovers > 0) say(`结束了上次遗留的 ${leftovers} 个程序`);
    for (const name of SERVER_NAMES) this.servers[name] = new KeptServer(SERVER_KINDS[name], this.profile);
    await this.#forgetData();
    for (const folder of [this.profile.logs, join(this.profile.home, 'records')]) rmSync(folder, { recursive: true, force: true });
    openProfile(this.#options.profile);
    const [dist] = await Promise.all([this.#options.build(), ...Object.values(this.servers).map((server) => server.start(signal))]);
    this.#dist = dist;
    await this.#makePrograms();
    for (const side of SIDES) {
      await this.#simulators[side].launch();
      await this.#simulators[side].becomeReady({}, signal);
    }
    await Promise.all([...this.programs.values()].map((program) => program.start(signal)));
  }

  /** Ends everything in the order in which nothing is cut off, and removes the servers' data. */
  async clearAway(): Promise<void> {
    // Another run may hold the profile: what lies there is its own.
    if (!this.#isOurs) return;
    for (const server of Object.values(this.servers)) server.proxy.weather = 'clear';
    await Promise.allSettled(Object.values(this.#simulators).map((program) => program.stop()));
    await Promise.allSettled([...this.programs.values()].map((program) => program.stop()));
    await Promise.allSettled(Object.values(this.servers).map((server) => server.release()));
    await Promise.allSettled([...Object.values(this.fronts), ...Object.values(this.doors)].map((proxy) => proxy.close()));
    await this.#forgetData();
    releaseProfile(this.profile);
  }

  /** Rejects when a simulator ends: without its record there is nothing to compare. */
  watchSimulators(): Promise<never> {
    return Promise.race(Object.values(this.#simulators).map((program) => program.watch()));
  }

  simulatorUrl(side: Side): string {
    return this.#simulators[side].url;
  }

  recordUrl(side: Side): string {
    return `${this.simulatorUrl(side)}/control/record`;
  }

  program(name: Instance): KeptProgram {
    const program = this.programs.get(name);
    if (program === undefined) throw new Error(`${name} was not started`);
    return program;
  }

  opsToken(): string {
    return readFileSync(join(this.profile.secrets, 'ops-token'), 'utf8').trim();
  }

  /** Key ring and signing keys are made anew as well: a run must not depend on an earlier one. */
  async #forgetData(): Promise<void> {
    await Promise.all(Object.values(this.servers).map((server) => server.release()));
    rmSync(placeFor(this.profile, serverAccount()), { recursive: true, force: true });
    for (const folder of [this.profile.servers, this.profile.secrets]) rmSync(folder, { recursive: true, force: true });
    openProfile(this.#options.profile);
  }

  async #makePrograms(): Promise<void> {
    const secrets = prepareSecrets(this.profile.secrets, hallCodesIn(this.catalogueDir));
    const ports = await choosePorts([...INSTANCES, ...SIDES], {});
    for (const side of SIDES) {
      this.doors[side] = new TcpProxy(() => this.#readyPorts(DOOR_OF[side]));
      this.fronts[side] = new TcpProxy(() => [ports[side]]);
    }
    writeEndpoints(secrets, `http://127.0.0.1:${await this.fronts.platform.listen()}`, `http://127.0.0.1:${await this.fronts.centre.listen()}`, [FORGETFUL_HALL]);
    const doors = { 'district-adapter': await this.doors.platform.listen(), 'centre-adapter': await this.doors.centre.listen() };
    for (const plan of simulatorPlans(this.#run({ ...ports, ...doors }))) this.#simulators[plan.name as Side] = new Program(plan, this.profile);
    for (const plan of bridgePlans(this.#run(ports))) this.#keep(plan, plan.name as BridgeProgram);
    const second = { 'gateway': ports['gateway-2'], 'district-adapter': ports['district-adapter-2'], 'centre-adapter': ports['centre-adapter-2'] };
    for (const plan of bridgePlans(this.#run({ ...ports, ...second }))) this.#keep(plan, `${plan.name as BridgeProgram}-2`);
  }

  /** As a balancer that looks at its servers' health would choose them. */
  #readyPorts(name: BridgeProgram): number[] {
    return [this.program(name), this.program(`${name}-2`)].filter((program) => program.isReady).map(({ port }) => port);
  }

  #keep(plan: ProgramPlan, name: Instance): void {
    const { rabbitmq, redis, postgres } = this.servers;
    const servers = { RABBITMQ_URL: rabbitmq.url, REDIS_URL: redis.url, DATABASE_URL: postgres.url };
    const { warmUp: _, ...rest } = plan;
    this.programs.set(name, new KeptProgram({
      ...rest, name, script: join(this.#dist, plan.script.slice('dist/'.length)), nodeArgs: [...plan.nodeArgs, ...PRELOADS],
      env: { ...plan.env, ...servers, ...SHORT_PATIENCE[plan.name as BridgeProgram] },
    }, this.profile));
  }

  #run(ports: Ports): LocalRun {
    return {
      ports, secrets: this.profile.secrets, records: join(this.profile.home, 'records', this.series), series: this.series,
      catalogueDir: this.catalogueDir, seed: this.#options.seed, thinkMs: THINK_MS,
    };
  }
}

function hallCodesIn(catalogueDir: string): string[] {
  return (JSON.parse(readFileSync(join(catalogueDir, 'halls.json'), 'utf8')) as { code: string }[]).map(({ code }) => code);
}
