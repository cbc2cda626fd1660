import { Injectable } from '@nestjs/common';
import type { QueueFigure } from '../../watch/queue-figures.ts';

/** Looks that are closer than this (ms) tell nothing of a trend; those further apart than the other tell nothing of now. */
const APART_MS = { least: 2_000, most: 5 * 60_000 } as const;

interface Look {
  readonly at: number;
  readonly depths: ReadonlyMap<string, number>;
}

/** How much longer each queue grows in a minute, from two looks at what the broker says. */
@Injectable()
export class QueueTrend {
  private before: Look | null = null;
  private last: Look | null = null;

  /** Messages by which each queue has grown per minute since the look before; empty after the first one. */
  perMinute(figures: readonly QueueFigure[], now = performance.now()): ReadonlyMap<string, number> {
    const look = { at: now, depths: new Map(figures.flatMap(({ spec, state }) => (state === null ? [] : [[spec.name, state.messages] as const]))) };
    if (this.last === null || now - this.last.at >= APART_MS.least) {
      this.before = this.last;
      this.last = look;
    }
    const { before } = this;
    if (before === null || now - before.at > APART_MS.most) return new Map();
    const minutes = (now - before.at) / 60_000;
    return new Map([...look.depths].flatMap(([name, depth]) => {
      const earlier = before.depths.get(name);
      return earlier === undefined ? [] : [[name, Math.round((depth - earlier) / minutes)] as const];
    }));
  }
}
