/** 32 well-mixed bits of a text (FNV-1a with a final avalanche): the only source of chance, so that equal seeds give equal runs. */
export function hash32(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A repeatable stream of numbers in [0, 1), started from a text (mulberry32). */
export function randomOf(text: string): () => number {
  let state = hash32(text);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** One of a list, at the stream's choice. */
export function pick<T>(random: () => number, list: readonly T[]): T {
  const chosen = list[Math.floor(random() * list.length)];
  if (chosen === undefined) throw new RangeError('nothing to pick from');
  return chosen;
}

/** The deck in an order that depends on the text alone. */
export function shuffled<T>(text: string, deck: readonly T[]): T[] {
  const random = randomOf(text);
  const cards = [...deck];
  for (let i = cards.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [cards[i], cards[j]] = [cards[j] as T, cards[i] as T];
  }
  return cards;
}

const REMEMBERED_DECKS = 64;

/**
 * Deals cards by position without end: each round of `deck.length` positions is one shuffled deck,
 * so within a round every card comes exactly as often as it lies in the deck.
 */
export function dealer<T>(name: string, deck: readonly T[]): (seed: number, index: number) => T {
  const remembered = new Map<string, T[]>();
  return (seed, index) => {
    const text = `${name}/${seed}/${Math.floor(index / deck.length)}`;
    let cards = remembered.get(text);
    if (cards === undefined) {
      cards = shuffled(text, deck);
      if (remembered.size >= REMEMBERED_DECKS) remembered.clear();
      remembered.set(text, cards);
    }
    return cards[index % deck.length] as T;
  };
}
