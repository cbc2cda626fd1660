import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** Below the ports that the system gives to outgoing connections: one of those may be in use as a caller's port at any moment. */
const FIRST = 20_000;
const LAST = 31_999;
const TRIES = 200;

/** A TCP port that nobody listens on right now, on loopback. Another program may take it before it is used: callers try again. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = randomInt(FIRST, LAST + 1);
    if (await isFree(port)) return port;
  }
  throw new Error(`no free port from ${FIRST} to ${LAST}`);
}

/** Whether this port can be listened on right now. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => { resolve(false); });
    probe.listen(port, LOOPBACK, () => { probe.close(() => { resolve(true); }); });
  });
}

/** Whether somebody listens on this port of this address. An address that cannot be listened on for another reason is for the program itself to refuse. */
export function isTaken(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', ({ code }: NodeJS.ErrnoException) => { resolve(code === 'EADDRINUSE'); });
    probe.listen(port, host, () => { probe.close(() => { resolve(false); }); });
  });
}

/** For each name the port used last time where it is still free, else a new one: URLs stay the same between starts when they can. */
export async function choosePorts<N extends string>(names: readonly N[], before: Partial<Record<N, number>>): Promise<Record<N, number>> {
  const chosen: Partial<Record<N, number>> = {};
  const taken = new Set<number>();
  for (const name of names) {
    let port = before[name];
    while (port === undefined || taken.has(port) || !(await isFree(port))) port = await freePort();
    taken.add(port);
    chosen[name] = port;
  }
  return chosen as Record<N, number>;
}
