/** Lets in one holder of each need at a time, in the order in which they came. */
export class Gate {
  readonly #inside = new Set<string>();
  readonly #waiting: { readonly needs: readonly string[]; readonly enter: () => void }[] = [];

  /** Resolves once all these needs are free, and nobody who came earlier waits for one of them; gives what hands some of them back. */
  async enter(needs: readonly string[]): Promise<(some?: readonly string[]) => void> {
    await new Promise<void>((enter) => {
      this.#waiting.push({ needs, enter });
      this.#admit();
    });
    const held = new Set(needs);
    return (some = needs) => {
      for (const need of some) if (held.delete(need)) this.#inside.delete(need);
      this.#admit();
    };
  }

  #admit(): void {
    const spokenFor = new Set(this.#inside);
    for (const one of [...this.#waiting]) {
      const free = one.needs.every((need) => !spokenFor.has(need));
      for (const need of one.needs) spokenFor.add(need);
      if (!free) continue;
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      for (const need of one.needs) this.#inside.add(need);
      one.enter();
    }
  }
}
