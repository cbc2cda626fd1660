import { openProfile } from '../local/servers/profile.ts';
import { provideServers } from '../local/servers/provide-servers.ts';
import { SERVER_NAMES } from '../local/servers/server-kind.ts';
import { Servers } from '../local/servers/servers.ts';
import { startBare } from './contestants/bare.ts';
import { startBridge } from './contestants/bridge.ts';
import { CONTESTANTS, type Contestant, type ContestantName, type Ground } from './contestants/contestant.ts';
import { prepareGround } from './contestants/grounds.ts';
import { startTemplate } from './contestants/template.ts';
import { Load } from './load.ts';
import { Payloads } from './payloads.ts';
import { rest } from './rounds.ts';
import { Sink } from './sink.ts';

/** The servers, the sink and all contestants, up and warm: each has carried a few cases before anything is measured. */
export class MeasuringField {
  readonly sink = new Sink();
  readonly payloads = new Payloads(Math.floor(Date.now() / 1000).toString(36).slice(-6));
  readonly contestants: Contestant[] = [];
  readonly #profile = openProfile('bench');
  readonly #servers = new Servers(this.#profile);

  async open(say: (line: string) => void): Promise<void> {
    await provideServers(this.#servers, say);
    await Promise.all(SERVER_NAMES.map((name) => this.#servers.ensure(name)));
    const sinkUrl = await this.sink.open();
    for (const [index, name] of CONTESTANTS.entries()) {
      const ground = await prepareGround(this.#servers.env, name, index);
      this.contestants.push(await this.#start(name, ground, sinkUrl));
      say(`${name} is up`);
    }
    await this.#grantPermissions();
  }

  /** Whatever was started is ended, also when the opening broke off. */
  async close(): Promise<void> {
    for (const { programs } of this.contestants) await Promise.allSettled(programs.map((program) => program.stop()));
    this.sink.close();
    await this.#servers.release();
  }

  #start(name: ContestantName, ground: Ground, sinkUrl: string): Promise<Contestant> {
    switch (name) {
      case 'bridge':
        return startBridge(this.#profile, ground, sinkUrl);
      case 'bare':
        return startBare(this.#profile, ground, sinkUrl);
      case 'template':
        return startTemplate(this.#profile, ground, sinkUrl, this.#servers.env);
    }
  }

  /** Only the bridge asks whether a clerk may receive. */
  async #grantPermissions(): Promise<void> {
    const bridge = this.contestants.find(({ name }) => name === 'bridge');
    if (bridge === undefined) return;
    const load = new Load(bridge.doors.hall, 4);
    for (const payload of this.payloads.roster()) await load.send(bridge.single([payload]));
    await load.close();
    await rest(bridge);
  }
}
