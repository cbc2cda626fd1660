import { afterAll, beforeAll } from '@jest/globals';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until, withDatabase, withRedis, withVhost } from '#test';
import { buildWhenStale } from '../../local/build/build-when-stale.ts';
import { check, type CheckReport } from '../../local/check/check.ts';
import { statusOf, summaryOf } from '../../local/programs/control.ts';
import { BRIDGE_PROGRAMS, bridgePlans, simulatorPlans, SIMULATORS, type Ports, type ProgramName } from '../../local/programs/plans.ts';
import { Program, type ProgramPlan } from '../../local/programs/program.ts';
import { prepareSecrets, writeEndpoints, type LocalKeys } from '../../local/secrets.ts';
import { choosePorts } from '../../local/servers/free-port.ts';
import { withLock } from '../../local/servers/lock.ts';
import { CHECKOUT, openProfile, type Profile } from '../../local/servers/profile.ts';
import { isAtRest, isFinished } from '../../local/view/live-view.ts';
import { CaseBook, readLines, type RecordLine } from './case-book.fixture.ts';
import { comingAgain } from './coming-again.fixture.ts';

/** The first of all builds the programs, which takes minutes on a busy machine. */
const START_MS = 600_000;
const END_MS = 150_000;
const ANSWER_MS = 30_000;
/** In the order in which nothing is cut off: who sends, then who carries. */
const STOP_ORDER: readonly (readonly ProgramName[])[] = [SIMULATORS, BRIDGE_PROGRAMS];
const NAMES: readonly ProgramName[] = [...BRIDGE_PROGRAMS, ...SIMULATORS];

export interface BridgeSettings {
  readonly seed?: number;
  readonly catalogueDir?: string;
  /** Keys that the district adapter knows besides the usual ones, by app key. */
  readonly moreKeys?: Readonly<Record<string, readonly object[]>>;
  /** A second one of each of the bridge's programs, which takes its share of the queues. The simulators knock at the first one's door. */
  readonly twins?: boolean;
  /** Settings over the usual ones, program by program. */
  readonly env?: Partial<Record<ProgramName, Readonly<Record<string, string>>>>;
}

/** What the platform is asked to begin. */
export interface Order {
  readonly cases: number;
  readonly flow?: string;
  readonly halls?: readonly string[];
  readonly rate?: number;
}

/** The servers of one test file, once its hooks have made them. */
export interface ServerUrls { readonly rabbitmq: string; readonly redis: string; readonly redisPrefix: string; readonly database: string }

/** The built programs and both simulators, running as they do on one machine, on free ports and servers of their own. */
export class RunningBridge {
  /** Middle part of the project numbers of the platform's cases. */
  readonly series = Date.now().toString(36).slice(-6);
  readonly #settings: BridgeSettings;
  readonly servers: ServerUrls;
  readonly #programs = new Map<ProgramName, Program>();
  readonly #twins: Program[] = [];
  #profile: Profile | null = null;
  #keys: LocalKeys | null = null;
  #begun = 0;

  constructor(settings: BridgeSettings, urls: ServerUrls) {
    this.#settings = settings;
    this.servers = urls;
  }

  async start(): Promise<void> {
    // Test files may run side by side; the one that comes second finds everything built.
    await withLock(join(openProfile('test').run, 'build.lock'), () => buildWhenStale());
    const profile = temporaryProfile();
    this.#profile = profile;
    const secrets = prepareSecrets(profile.secrets, hallCodesOf(this.catalogueDir));
    this.#keys = secrets.keys;
    addKeys(join(profile.secrets, 'district-ingress-keys.json'), this.#settings.moreKeys ?? {});
    const ports = await choosePorts(NAMES, {});
    writeEndpoints(secrets, `http://127.0.0.1:${ports.platform}`, `http://127.0.0.1:${ports.centre}`);
    for (const plan of this.#plans(ports, profile)) this.#programs.set(plan.name as ProgramName, new Program(plan, profile));
    await Promise.all(NAMES.map((name) => this.launch(name)));
    if (this.#settings.twins) await this.#startTwins(profile);
  }

  /** Stops everything and forgets what it wrote. */
  async stop(): Promise<void> {
    for (const names of STOP_ORDER) await Promise.allSettled(names.map(async (name) => this.#programs.get(name)?.stop()));
    await Promise.allSettled(this.#twins.map((twin) => twin.stop()));
    if (this.#profile !== null) rmSync(this.#profile.home, { recursive: true, force: true });
  }

  /** Starts one of the programs, also after it was killed; resolves when it is ready. */
  async launch(name: ProgramName): Promise<void> {
    await this.#program(name).launch();
    await this.#program(name).becomeReady({});
  }

  /** Ends a program as a power cut would: at once and unasked. Resolves when it is gone. */
  async kill(name: ProgramName): Promise<void> {
    const program = this.#program(name);
    const gone = program.watch().catch(() => undefined);
    process.kill(program.pid ?? 0, 'SIGKILL');
    await gone;
  }

  /** Asks a program to end, as a supervisor does; resolves with the way it ended, such as `exit code 0`. */
  async terminate(name: ProgramName): Promise<{ readonly how: string; readonly tookMs: number }> {
    const program = this.#program(name);
    const askedAt = performance.now();
    process.kill(program.pid ?? 0, 'SIGTERM');
    return { how: await program.ended, tookMs: performance.now() - askedAt };
  }

  url(name: ProgramName): string {
    return this.#program(name).url;
  }

  get keys(): LocalKeys {
    if (this.#keys === null) throw new Error('the keys are there once the bridge runs');
    return this.#keys;
  }

  get catalogueDir(): string {
    return this.#settings.catalogueDir ?? join(CHECKOUT, 'libs/contracts/data');
  }

  /** Tells the platform to begin cases, once it has begun all those of the order before. */
  async begin(order: Order): Promise<void> {
    await until(async () => {
      const answer = await fetch(`${this.url('platform')}/control/run`, { method: 'POST', body: JSON.stringify(order), signal: AbortSignal.timeout(ANSWER_MS) });
      if (answer.status !== 202 && answer.status !== 409) throw new Error(await answer.text());
      return answer.status === 202;
    }, { within: END_MS, what: 'the platform free for an order' });
    this.#begun += order.cases;
  }

  /** Lets a simulator misbehave from now on; `{}` heals it. */
  async disturb(side: 'platform' | 'centre', faults: object): Promise<void> {
    const answer = await fetch(`${this.url(side)}/control/faults`, { method: 'POST', body: JSON.stringify(faults), signal: AbortSignal.timeout(ANSWER_MS) });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** How many of the platform's cases are at their end. */
  async ended(): Promise<number> {
    return (await statusOf(this.url('platform'))).cases.ended;
  }

  /** Resolves when every case that was begun is at its end on both sides and the bridge has nothing left to bring. */
  async finished(): Promise<void> {
    await until(async () => {
      const [platform, centre, bridge] = await Promise.all([statusOf(this.url('platform')), statusOf(this.url('centre')), summaryOf(this.url('gateway'), this.#opsToken())]);
      const moment = { platform, centre, bridge };
      return isFinished(moment, this.#begun) && isAtRest(moment);
    }, { within: END_MS, every: 100, what: `the end of ${this.#begun} cases` });
  }

  /** Compares both records with each other and with the ledger. */
  check(): Promise<CheckReport> {
    return check({ platform: this.#recordUrl('platform'), centre: this.#recordUrl('centre'), databaseUrl: this.servers.database, catalogueDir: this.catalogueDir });
  }

  /** What a simulator wrote down, oldest first. */
  record(side: 'platform' | 'centre'): Promise<RecordLine[]> {
    return readLines(this.#recordUrl(side));
  }

  /** Both records, case by case. */
  async caseBook(): Promise<CaseBook> {
    return new CaseBook(await this.record('platform'), await this.record('centre'));
  }

  /** Asks the operators' API; rejects unless it answers 200. */
  async ops<T>(path: string): Promise<T> {
    const answer = await comingAgain(() => fetch(`${this.url('gateway')}${path}`, { headers: { authorization: `Bearer ${this.#opsToken()}` }, signal: AbortSignal.timeout(ANSWER_MS) }));
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** The text of every log file of the run, by file name. */
  logs(): Record<string, string> {
    const folder = this.#profile?.logs ?? '';
    return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  }

  async #startTwins(profile: Profile): Promise<void> {
    const ports = await choosePorts(BRIDGE_PROGRAMS, {});
    for (const name of BRIDGE_PROGRAMS) {
      const { plan } = this.#program(name);
      this.#twins.push(new Program({ ...plan, name: `${name}-2`, port: ports[name], env: { ...plan.env, PORT: String(ports[name]) } }, profile));
    }
    await Promise.all(this.#twins.map(async (twin) => {
      await twin.launch();
      await twin.becomeReady({});
    }));
  }

  #program(name: ProgramName): Program {
    const program = this.#programs.get(name);
    if (program === undefined) throw new Error(`${name} was not started`);
    return program;
  }

  #plans(ports: Ports, profile: Profile): ProgramPlan[] {
    const run = {
      ports, secrets: profile.secrets, records: join(profile.home, 'records'), series: this.series, catalogueDir: this.catalogueDir, seed: this.#settings.seed ?? 1, thinkMs: 5,
    };
    const { rabbitmq, redis, redisPrefix, database } = this.servers;
    const servers = { RABBITMQ_URL: rabbitmq, REDIS_URL: redis, REDIS_PREFIX: redisPrefix, DATABASE_URL: database };
    return [...bridgePlans(run), ...simulatorPlans(run)].map((plan) => ({ ...plan, env: { ...plan.env, ...servers, ...this.#settings.env?.[plan.name as ProgramName] } }));
  }

  #recordUrl(side: 'platform' | 'centre'): string {
    return `${this.url(side)}/control/record`;
  }

  #opsToken(): string {
    return readFileSync(join(this.#profile?.secrets ?? '', 'ops-token'), 'utf8').trim();
  }
}

/** The whole bridge for the calling test file (or describe block): started before its tests, stopped after them. */
export function withBridge(settings: BridgeSettings = {}): RunningBridge {
  // The first to be named ends first: the programs must be gone before their servers are.
  afterAll(() => bridge.stop(), START_MS);
  const vhost = withVhost();
  const redis = withRedis();
  const database = withDatabase();
  const bridge = new RunningBridge(settings, {
    redisPrefix: redis.prefix,
    get rabbitmq() { return vhost.url; },
    get redis() { return redis.url; },
    get database() { return database.url; },
  });
  beforeAll(() => bridge.start(), START_MS);
  return bridge;
}

/** A profile outside the checkout's own ones, for one test file alone. */
function temporaryProfile(): Profile {
  const home = mkdtempSync(join(tmpdir(), 'jiujin-journey-'));
  const profile = { name: 'journey', home, run: join(home, 'run'), servers: join(home, 'servers'), logs: join(home, 'logs'), secrets: join(home, 'secrets'), id: 'journeys', durable: false };
  for (const folder of [profile.run, profile.logs, profile.secrets]) mkdirSync(folder, { mode: 0o700 });
  return profile;
}

function addKeys(file: string, more: Readonly<Record<string, readonly object[]>>): void {
  const keys = JSON.parse(readFileSync(file, 'utf8')) as Record<string, object[]>;
  for (const [appKey, list] of Object.entries(more)) keys[appKey] = [...(keys[appKey] ?? []), ...list];
  writeFileSync(file, JSON.stringify(keys));
}

function hallCodesOf(catalogueDir: string): string[] {
  return (JSON.parse(readFileSync(join(catalogueDir, 'halls.json'), 'utf8')) as { code: string }[]).map(({ code }) => code);
}
