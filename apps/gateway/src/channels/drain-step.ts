const FIRST = 25;
/** From here on the receiver has shown that it keeps up, or its circuit has opened. */
const FULL_AFTER_DOUBLINGS = 12;

/**
 * How many held transfers of a channel are ordered in one second, so many seconds after it was resumed: few at first, twice as many each
 * second, at most `most`. A receiver that was away for maintenance is not met by everything at once.
 */
export function drainStep(secondsSinceResume: number, most: number): number {
  return Math.min(most, FIRST * 2 ** Math.min(FULL_AFTER_DOUBLINGS, Math.max(0, Math.floor(secondsSinceResume))));
}
