import { FORGETFUL_HALL, type Side } from './stage-names.ts';

const ANSWER_MS = 10_000;

type Settings = Readonly<Record<string, unknown>>;

/** What the simulators are made to do wrong: several faults at once, each taken back by itself. One hall is forgetful all the time. */
export class SimulatorFaults {
  readonly #urlOf: (side: Side) => string;
  readonly #now: Record<Side, Map<object, Settings>> = { platform: new Map(), centre: new Map() };

  constructor(urlOf: (side: Side) => string) {
    this.#urlOf = urlOf;
  }

  /** Adds these settings; gives what takes them back. */
  async add(side: Side, settings: Settings): Promise<() => Promise<void>> {
    const mark = {};
    this.#now[side].set(mark, settings);
    await this.#tell(side);
    return async () => {
      this.#now[side].delete(mark);
      await this.#tell(side);
    };
  }

  /** To be called once before the run. */
  begin(): Promise<void> {
    return this.#tell('platform');
  }

  async #tell(side: Side): Promise<void> {
    const settings: Settings = Object.fromEntries([...this.#now[side].values()].flatMap((one) => Object.entries(one)));
    // What is said of a hall holds in place of what is said of all.
    const halls = side === 'platform' ? { halls: { [FORGETFUL_HALL]: { ...settings, forgetful: true } } } : {};
    await order(`${this.#urlOf(side)}/control/faults`, { ...settings, ...halls });
  }
}

/** Tells a simulator something; rejects with its own words when it refuses. */
export async function order(url: string, body: unknown): Promise<void> {
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(ANSWER_MS) });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  await answer.arrayBuffer();
}
