import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';

/** What was measured on; no name, because results are published. */
export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
}

export function thisMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown', cores: availableParallelism(), memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`, node: process.version,
  };
}

/** In one line, for charts and tables. */
export function machineLine({ processor, cores, memoryGiB, system, node }: Machine): string {
  return `${processor}, ${cores} cores, ${memoryGiB} GiB, ${system}, Node ${node.slice(1)}`;
}
