import { PROVED_NOTHING } from '../../local/second-look.ts';

/**
 * What a chaos run takes for granted, such as that the fault came before the work was done. Where it did not hold, the run says nothing about the
 * bridge, good or bad; only such a run of chaos may be looked at once more.
 */
export function premise(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(`${PROVED_NOTHING}: ${otherwise}`);
}
