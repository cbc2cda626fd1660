import { setTimeout as pause } from 'node:timers/promises';
import type { Catalogue } from '../catalogue.ts';
import { isFlowName } from '../scenario/flows.ts';
import type { FlowName } from '../scenario/flows.ts';
import { dealer, randomOf } from '../scenario/random.ts';
import { projectNoOf } from '../scenario/scenario-of.ts';
import type { Platform } from './platform.ts';

/** What `POST /control/run` asks for. */
export interface RunOrder {
  /** `null`: until stopped. */
  readonly cases: number | null;
  /** Cases begun per second; `null`: as fast as the bridge takes them. */
  readonly rate: number | null;
  readonly batch: number;
  readonly halls: readonly string[];
  readonly flow: FlowName | undefined;
  /** Share of the cases whose clerk gets the permission just before and loses it right after. */
  readonly newClerks: number;
}

function optionalNumber(body: Record<string, unknown>, name: string, min: number, max: number): number | null {
  const value = body[name] ?? null;
  if (value === null) return null;
  if (typeof value !== 'number' || !(value >= min && value <= max)) throw new RangeError(`${name}: a number from ${min} to ${max} is allowed`);
  return value;
}

function hallsOf(given: unknown, known: readonly string[]): string[] {
  const halls = given ?? known;
  if (Array.isArray(halls) && halls.length > 0 && halls.every((code) => known.includes(code as string))) return halls as string[];
  throw new RangeError(`halls: a list out of ${known.join(', ')} is allowed`);
}

function flowOf(given: unknown): FlowName | undefined {
  if (given === undefined || (typeof given === 'string' && isFlowName(given))) return given;
  throw new RangeError('flow: the name of a flow is allowed');
}

/** Reads a run order; `batch` is what holds where the order says nothing. @throws naming the field and what is allowed. */
export function readRunOrder(body: unknown, catalogue: Catalogue, batch: number): RunOrder {
  if (typeof body !== 'object' || body === null) throw new RangeError('an object is expected');
  const order = body as Record<string, unknown>;
  const cases = optionalNumber(order, 'cases', 1, 10_000_000);
  if (cases !== null && !Number.isInteger(cases)) throw new RangeError('cases: a whole number is allowed');
  return {
    cases, rate: optionalNumber(order, 'rate', 0.01, 100_000), batch: Math.floor(optionalNumber(order, 'batch', 1, 500) ?? batch),
    halls: hallsOf(order.halls, catalogue.halls.map((hall) => hall.code)), flow: flowOf(order.flow),
    newClerks: optionalNumber(order, 'newClerks', 0, 1) ?? 0,
  };
}

/** 办件编号 has at most 50 characters (GB/T 39046). */
const MOST_SIGNS = 50;
const LARGEST_INDEX = 999_999;

/** Begins the cases of one order, evenly over the halls, at the asked rate and never more than the platform has room for. */
export class Run {
  readonly order: RunOrder;
  readonly firstIndex: number;
  started = 0;
  active = true;
  readonly #platform: Platform;
  readonly #naming: { seed: number; series: string };
  readonly #hallOf: (seed: number, index: number) => string;

  /** @throws when a flow is asked for and its name does not fit into a project number with this seed and series. */
  constructor(order: RunOrder, platform: Platform, naming: { seed: number; series: string }) {
    if (projectNoOf('000000', naming.seed, naming.series, LARGEST_INDEX, order.flow).length > MOST_SIGNS) {
      throw new RangeError('flow: does not fit into the project number with this SEED and SERIES; choose shorter ones');
    }
    this.order = order;
    this.firstIndex = platform.nextIndex;
    this.#platform = platform;
    this.#naming = naming;
    this.#hallOf = dealer('hall', order.halls);
    platform.batcher.size = order.batch;
  }

  async begin(): Promise<void> {
    const begunAt = performance.now();
    const { cases, rate } = this.order;
    while (this.active && (cases === null || this.started < cases)) {
      const early = rate === null ? 0 : begunAt + (this.started * 1000) / rate - performance.now();
      // Without a rate a turn of the loop is given up now and then, so that answers are read while cases begin.
      if (early > 0) await pause(early);
      else if (this.started % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      if (this.active) await this.#one();
    }
    this.active = false;
  }

  async #one(): Promise<void> {
    const index = this.#platform.nextIndex;
    const { seed, series } = this.#naming;
    const hall = this.#hallOf(seed, index);
    this.#platform.nextIndex += 1;
    this.started += 1;
    const projectNo = projectNoOf(hall, seed, series, index, this.order.flow);
    await this.#platform.begin(projectNo, hall, { newClerk: randomOf(`new-clerk/${seed}/${index}`)() < this.order.newClerks });
  }
}
