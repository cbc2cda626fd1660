import { Listr, ListrLogger, ProcessOutput, type ListrTask } from 'listr2';
import { buildWhenStale } from './build/build-when-stale.ts';
import { whenAborted } from './stop-signals.ts';
import { provideServers } from './servers/provide-servers.ts';
import { SERVER_NAMES } from './servers/server-kind.ts';
import { SERVER_KINDS, type Origin, type Servers } from './servers/servers.ts';

const ORIGIN_ZH: Record<Origin, string> = { configured: '用环境变量指定的', found: '已在运行', started: '已启动', docker: '已由 Docker 启动' };

/** A step of the set-up; its title is what the progress list shows. */
export interface Step {
  readonly title: string;
  /** Gives what to show behind the title when it is done. */
  run(): Promise<string>;
}

/** Runs steps side by side and shows how far each is. Rejects with the first failure. */
export async function runSteps(steps: readonly Step[], output: NodeJS.WriteStream, signal: AbortSignal): Promise<void> {
  let first: Error | null = null;
  const tasks = steps.map((step): ListrTask => ({
    title: step.title,
    task: async (_, task) => {
      const started = performance.now();
      const done = await Promise.race([step.run(), whenAborted(signal)]).catch((error: Error) => {
        // The caller says why, once; steps that were only called off after the first failure say nothing.
        const mark = first === null && !signal.aborted ? '原因见下' : '';
        first ??= error;
        throw new Error(mark, { cause: error });
      });
      task.title = `${step.title}：${done}（${((performance.now() - started) / 1000).toFixed(1)} 秒）`;
    },
  }));
  const logger = new ListrLogger({ processOutput: new ProcessOutput(output, output) });
  const list = new Listr(tasks, {
    concurrent: true, exitOnError: true, registerSignalListeners: false, collectErrors: false,
    renderer: output.isTTY ? 'default' : 'simple',
    rendererOptions: { logger, collapseErrors: false, showErrorMessage: false },
  });
  await list.run().catch((error: unknown) => { throw first ?? error; });
}

/** The steps that bring up the three servers, after what is missing of them was provided for. */
export async function serverSteps(servers: Servers, say: (line: string) => void, signal: AbortSignal): Promise<Step[]> {
  await provideServers(servers, say);
  return SERVER_NAMES.map((name) => ({
    title: SERVER_KINDS[name].title,
    run: async () => ORIGIN_ZH[await servers.ensure(name, signal)],
  }));
}

/** Compiles what is stale, then does what was waiting for it. */
export function buildStep(signal: AbortSignal, afterwards: () => Promise<void> = () => Promise.resolve()): Step {
  return {
    title: '编译',
    run: async () => {
      const built = await buildWhenStale(signal);
      await afterwards();
      return built ? '已编译' : '已是最新';
    },
  };
}
