import { claimProfile, endLeftovers, releaseProfile } from '../local/programs/leftovers.ts';
import { openProfile, type Profile } from '../local/servers/profile.ts';
import { provideServers } from '../local/servers/provide-servers.ts';
import { SERVER_NAMES } from '../local/servers/server-kind.ts';
import { Servers } from '../local/servers/servers.ts';
import { startBare } from './contestants/bare.ts';
import { prepareBridge } from './contestants/bridge.ts';
import type { BridgeContestant, Contestant } from './contestants/contestant.ts';
import { clearBroker, dropDatabase, prepareGround } from './contestants/grounds.ts';
import { startTemplate } from './contestants/template.ts';
import { Load } from './load.ts';
import { MemoryWatch } from './memory-watch.ts';
import { Payloads } from './payloads.ts';
import { rest } from './rounds.ts';
import { Sink, type Side } from './sink.ts';

const LEDGER_DATABASE = 'bench_ledger';

/** The servers, the sink and all contestants. */
export class MeasuringField {
  readonly sink = new Sink();
  readonly payloads = new Payloads(Math.floor(Date.now() / 1000).toString(36).slice(-6));
  readonly memory = new MemoryWatch();
  readonly #profile: Profile;
  readonly #servers: Servers;
  #urls: Record<Side, string> = { centre: '', halls: '' };
  #bridge: BridgeContestant | null = null;
  #others: Contestant[] = [];

  constructor(profile: string) {
    this.#profile = openProfile(profile);
    this.#servers = new Servers(this.#profile);
  }

  /** What is compared, in the order in which it began. */
  get contestants(): readonly Contestant[] {
    return [this.bridge, ...this.#others];
  }

  get bridge(): BridgeContestant {
    if (this.#bridge === null) throw new Error('the field is not open');
    return this.#bridge;
  }

  async open(say: (line: string) => void): Promise<void> {
    claimProfile(this.#profile);
    await endLeftovers(this.#profile);
    await provideServers(this.#servers, say);
    await Promise.all(SERVER_NAMES.map((name) => this.#servers.ensure(name)));
    this.#urls = await this.sink.open();
    const { env } = this.#servers;
    await this.#startBridge('bridge', 1);
    this.#others.push(await startBare(this.#profile, await prepareGround(env, 'bare', 2), this.#urls));
    this.#others.push(await startTemplate(this.#profile, await prepareGround(env, 'template', 3), this.#urls, env));
    say('the servers and all contestants are up');
  }

  /** Puts a bridge with an empty ledger of its own in the place of the one before. */
  async renewBridge(nodeArgsOf?: (name: string) => readonly string[]): Promise<BridgeContestant> {
    this.memory.note(this.bridge.programs);
    await this.bridge.stop();
    await this.#startBridge('ledger', 4, nodeArgsOf);
    return this.bridge;
  }

  noteMemory(): void {
    this.memory.note(this.contestants.flatMap(({ programs }) => programs));
  }

  /** Whatever was started is ended, also when the opening broke off. */
  async close(): Promise<void> {
    await endLeftovers(this.#profile);
    this.sink.close();
    // Not at the next opening: a broker that has just started does not bear that its queues go at once.
    if (this.#servers.env['RABBITMQ_URL'] !== undefined) await clearBroker(this.#servers.env).catch(() => undefined);
    if (this.#servers.env['DATABASE_URL'] !== undefined) await dropDatabase(this.#servers.env, LEDGER_DATABASE).catch(() => undefined);
    await this.#servers.release();
    releaseProfile(this.#profile);
  }

  async #startBridge(ground: 'bridge' | 'ledger', redisNumber: number, nodeArgsOf?: (name: string) => readonly string[]): Promise<void> {
    this.#bridge = await prepareBridge(this.#profile, await prepareGround(this.#servers.env, ground, redisNumber), this.#urls, nodeArgsOf);
    await this.#bridge.start();
    await this.#grantPermissions(this.#bridge);
  }

  /** Only the bridge asks whether a clerk may receive. */
  async #grantPermissions(bridge: BridgeContestant): Promise<void> {
    const load = new Load(bridge.doors.hall, 4);
    for (const payload of this.payloads.roster()) await load.send(bridge.single([payload]));
    await load.close();
    await rest(bridge);
  }
}
