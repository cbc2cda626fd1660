import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { StartOptions } from './options.ts';
import { claimProfile, endLeftovers, releaseProfile } from './programs/leftovers.ts';
import { BRIDGE_PROGRAMS, bridgePlans, simulatorPlans, SIMULATORS, USUAL_PORTS, type LocalRun, type ProgramName } from './programs/plans.ts';
import { Program } from './programs/program.ts';
import { prepareSecrets, writeEndpoints, type LocalSecrets } from './secrets.ts';
import { choosePorts } from './servers/free-port.ts';
import { CHECKOUT, type Profile } from './servers/profile.ts';
import { Servers } from './servers/servers.ts';

const KEPT_RUNS = 5;
const USUAL_PROFILE = 'dev';

/** Everything that `npm start` runs on this machine, and how it ends. */
export class LocalBridge {
  readonly profile: Profile;
  readonly servers: Servers;
  readonly programs = new Map<ProgramName, Program>();
  readonly catalogueDir = resolve(CHECKOUT, process.env['CATALOGUE_DIR'] ?? 'libs/contracts/data');
  /** A counted run has a series and a record of its own, so that exactly its cases are compared; the endless one goes on where it stopped. */
  readonly series: string | null;
  readonly #options: StartOptions;
  #secrets: LocalSecrets | null = null;

  constructor(profile: Profile, options: StartOptions) {
    this.profile = profile;
    this.servers = new Servers(profile);
    this.#options = options;
    this.series = options.exit ? Math.floor(Date.now() / 1000).toString(36).slice(-6) : null;
  }

  /** Makes sure nobody else runs the profile, and ends what a killed run left behind; gives how many programs that were. */
  async claim(): Promise<number> {
    claimProfile(this.profile);
    return endLeftovers(this.profile);
  }

  /** The operators' token if it was made just now, else `null`. */
  prepareSecrets(): string | null {
    this.#secrets = prepareSecrets(this.profile.secrets, hallCodesIn(this.catalogueDir));
    return this.#secrets.newOpsToken;
  }

  opsToken(): string {
    return readFileSync(this.opsTokenFile, 'utf8').trim();
  }

  get opsTokenFile(): string {
    return join(this.profile.secrets, 'ops-token');
  }

  /** Launches everything while the servers are still starting: the simulators need none, and the programs of the bridge can read their modules. */
  async launchPrograms(): Promise<void> {
    if (this.#secrets === null) throw new Error('secrets come before programs');
    const names = Object.keys(USUAL_PORTS) as ProgramName[];
    // Only the usual profile takes the usual ports: two profiles that start at the same moment would both find them free.
    const ports = await choosePorts(names, this.profile.name === USUAL_PROFILE ? USUAL_PORTS : {});
    const run: LocalRun = {
      ports, secrets: this.profile.secrets, records: recordsFolder(this.profile, this.series), series: this.series,
      catalogueDir: this.catalogueDir, seed: this.#options.seed, thinkMs: this.#options.exit ? 5 : 500,
    };
    writeEndpoints(this.#secrets, `http://127.0.0.1:${ports.platform}`, `http://127.0.0.1:${ports.centre}`);
    for (const plan of [...bridgePlans(run), ...simulatorPlans(run)]) this.programs.set(plan.name as ProgramName, new Program(plan, this.profile));
    await Promise.all([...this.programs.values()].map((program) => program.launch()));
  }

  /** Tells the programs that the servers are up and waits until all are ready. */
  async readyPrograms(signal?: AbortSignal): Promise<void> {
    await Promise.all([...this.programs.values()].map((program) => program.becomeReady(this.servers.env, signal)));
  }

  url(name: ProgramName): string {
    return this.programs.get(name)?.url ?? '';
  }

  /** Rejects as soon as one of the programs ends by itself. */
  watch(): Promise<never> {
    return Promise.race([...this.programs.values()].map((program) => program.watch()));
  }

  /** Ends everything in the order in which nothing is cut off: who sends, who carries, what it stands on. */
  async stop(): Promise<void> {
    await this.#stopAll(SIMULATORS);
    await this.#stopAll(BRIDGE_PROGRAMS);
    await this.servers.release();
    releaseProfile(this.profile);
  }

  async #stopAll(names: readonly ProgramName[]): Promise<void> {
    const programs = names.map((name) => this.programs.get(name)).filter((program) => program !== undefined);
    await Promise.allSettled(programs.map((program) => program.stop()));
  }
}

function hallCodesIn(catalogueDir: string): string[] {
  const halls = JSON.parse(readFileSync(join(catalogueDir, 'halls.json'), 'utf8')) as { code: string }[];
  return halls.map(({ code }) => code);
}

/** The folder of this run's record; of the counted runs before it, the last few are kept. */
function recordsFolder(profile: Profile, series: string | null): string {
  const parent = join(profile.home, 'records');
  mkdirSync(parent, { recursive: true });
  const old = readdirSync(parent).filter((name) => name.startsWith('run-')).sort().slice(0, -KEPT_RUNS);
  for (const name of old) rmSync(join(parent, name), { recursive: true, force: true });
  return join(parent, series === null ? 'live' : `run-${series}`);
}
