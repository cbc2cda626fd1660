/**
 * Loaded before a program of the bridge (node --import): with CHAOS_CLOCK_SHIFT_MS set, its clock is that much ahead (or behind, when negative).
 * Timers run as always; only what it believes the time of day to be is wrong.
 */
const shiftMs = Number(process.env['CHAOS_CLOCK_SHIFT_MS'] ?? 0);

if (shiftMs !== 0) {
  const RightDate = Date;
  class WrongDate extends RightDate {
    constructor(...given: unknown[]) {
      if (given.length === 0) super(WrongDate.now());
      else super(...(given as [number]));
    }

    /** Moments that Node itself makes are dates like any other. */
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof RightDate;
    }

    static override now(): number {
      return RightDate.now() + shiftMs;
    }
  }
  globalThis.Date = WrongDate as DateConstructor;
}
