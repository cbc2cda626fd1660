import { randomOf } from '../scenario/random.ts';
import { NO_FAULTS } from './faults.ts';
import type { FaultOrder, Faults } from './faults.ts';

/** The faults that come about by chance. */
export type Chance = 'statusRatio' | 'closeAfterApply' | 'closeBeforeApply' | 'hang' | 'hangAfterApply' | 'duplicateSend' | 'reorderSend';

/**
 * The faults in force, and the dice. Each kind of fault has dice of its own, and each hall has, all drawn from the seed: the same seed
 * strikes the same draws of a kind, whatever the others do meanwhile.
 */
export class FaultSwitch {
  #now: FaultOrder = { ...NO_FAULTS, halls: {} };
  readonly #origin: string;
  readonly #dice = new Map<string, () => number>();

  /** @param program part of what the dice are drawn from, so that two programs with one seed do not stumble in step. */
  constructor(seed = 1, program = 'simulator') {
    this.#origin = `fault/${seed}/${program}`;
  }

  get now(): FaultOrder {
    return this.#now;
  }

  set(faults: Faults | FaultOrder): void {
    this.#now = { halls: {}, ...faults };
  }

  /** What holds for a hall: its own faults where it has some, otherwise the program's. */
  at(hall: string | null): Faults {
    return (hall === null ? undefined : this.#now.halls[hall]) ?? this.#now;
  }

  strikes(name: Chance, hall: string | null = null): boolean {
    const ratio = this.at(hall)[name];
    return ratio > 0 && this.#diceOf(name, hall)() < ratio;
  }

  #diceOf(name: Chance, hall: string | null): () => number {
    const text = `${this.#origin}/${name}/${hall ?? ''}`;
    let dice = this.#dice.get(text);
    if (dice === undefined) {
      dice = randomOf(text);
      this.#dice.set(text, dice);
    }
    return dice;
  }
}
