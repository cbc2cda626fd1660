import { describe, expect, it } from '@jest/globals';
import { Quarantine } from './quarantine.ts';

const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(() => setImmediate(resolve)); });

function stage(patienceMs = 60_000) {
  const quarantine = new Quarantine(patienceMs);
  const started: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => (): Promise<string> => {
    started.push(name);
    return new Promise((resolve) => { ends.set(name, () => resolve(name)); });
  };
  return {
    started,
    among: (name: string) => quarantine.among(work(name)),
    alone: (name: string) => quarantine.alone(work(name)),
    end: async (name: string) => { ends.get(name)?.(); await turn(); },
  };
}

describe('handling suspects alone', () => {
  it('lets all others be handled side by side, at once', () => {
    const { started, among } = stage();
    void among('a');
    void among('b');
    expect(started).toEqual(['a', 'b']);
  });

  it('starts a suspect when nothing else is in hand, and nothing else while it is', async () => {
    const { started, among, alone, end } = stage();
    void among('a');
    void alone('suspect');
    await turn();
    void among('b');
    expect(started).toEqual(['a']);
    await end('a');
    expect(started).toEqual(['a', 'suspect']);
    await end('suspect');
    expect(started).toEqual(['a', 'suspect', 'b']);
  });

  it('handles one suspect at a time, and lets those go on who waited meanwhile', async () => {
    const { started, among, alone, end } = stage();
    void alone('one');
    void alone('two');
    await turn();
    void among('a');
    expect(started).toEqual(['one']);
    await end('one');
    expect(started).toEqual(['one', 'a']);
    await end('a');
    expect(started).toEqual(['one', 'a', 'two']);
    await end('two');
  });

  it('waits neither for others nor for a suspect longer than its patience', async () => {
    const { started, among, alone } = stage(20);
    void among('hangs');
    void alone('hangs too');
    await turn();
    void among('a');
    expect(started).toEqual(['hangs']);
    while (started.length < 3) await turn();
    expect(started).toEqual(['hangs', 'hangs too', 'a']);
  });

  it('passes on what the work answers and throws, and goes on after a throw', async () => {
    const quarantine = new Quarantine(1_000);
    await expect(quarantine.alone(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await quarantine.alone(() => Promise.resolve(1))).toBe(1);
    expect(await quarantine.among(() => Promise.resolve(2))).toBe(2);
  });
});
