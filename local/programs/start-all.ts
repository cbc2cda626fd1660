import { runSteps } from '../set-up.ts';
import type { Program } from './program.ts';

/** Starts the programs side by side. The first that cannot start calls the others off, and its reason is what this rejects with. */
export async function startAll(programs: readonly Program[], output: NodeJS.WriteStream, signal: AbortSignal): Promise<void> {
  const failed = new AbortController();
  const either = AbortSignal.any([signal, failed.signal]);
  await runSteps(programs.map((program) => ({
    title: program.plan.name,
    run: async () => {
      try {
        await program.launch();
        await program.becomeReady({}, either);
        return `就绪 ${program.url}`;
      } catch (error) {
        failed.abort(error);
        throw error;
      }
    },
  })), output, signal);
}
