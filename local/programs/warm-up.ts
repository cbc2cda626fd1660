import { setTimeout as pause } from 'node:timers/promises';

/**
 * Loaded before a program of the bridge (node --import): reads its modules while the servers are still starting, then waits for the word
 * that they are up, which brings their addresses. Reading the modules takes longer than all the rest of a program's start.
 */
const PATIENCE_MS = 180_000;

const { JIUJIN_WARM_UP: module } = process.env;
if (process.send !== undefined && module !== undefined) {
  const word = new Promise<Record<string, string>>((resolve) => { process.once('message', (env) => { resolve(env as Record<string, string>); }); });
  const gone = new Promise<never>((_, reject) => { process.once('disconnect', () => { reject(new Error('the starter is gone')); }); });
  gone.catch(() => undefined);
  await import(module);
  const env = await Promise.race([word, gone, pause(PATIENCE_MS, null, { ref: false })]);
  if (env === null) throw new Error('the servers did not come up in time');
  Object.assign(process.env, env);
  process.disconnect();
}
