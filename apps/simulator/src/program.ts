import { ConfigError, readConfig } from './config.ts';
import type { SimulatorConfig } from './config.ts';
import { listen } from './http/http-server.ts';
import type { Answer, Arrived } from './http/http-server.ts';
import { RecordFile } from './record/record-file.ts';
import type { RecordLine } from './record/record-lines.ts';

/** A simulator between its start and its stop. */
export interface Program {
  /** Called for every line of earlier runs, before anything else. */
  restore(line: RecordLine): void;
  /** Answers one request. */
  handle(request: Arrived): Promise<Answer>;
  /** Called when it listens. */
  begin(): void;
  /** Called once a second. */
  tick(): void;
  stop(): Promise<void>;
}

export interface Origin { readonly series: string }

const EPOCH = Date.parse('2026-01-01T00:00:00+08:00');

/** Reads the series from the first line of the record, or writes that line. */
async function originOf(name: 'platform' | 'centre', config: SimulatorConfig, record: RecordFile): Promise<Origin> {
  for await (const line of record.lines()) {
    if (line.k === 'born' && (config.series ?? line.series) === line.series) return { series: line.series };
    break;
  }
  const at = Date.now();
  const series = config.series ?? Math.floor((at - EPOCH) / 1000).toString(36).slice(-6);
  await record.write({ k: 'born', program: name, series, at });
  return { series };
}

async function start(
  name: 'platform' | 'centre', config: SimulatorConfig,
  build: (config: SimulatorConfig, record: RecordFile, origin: Origin) => Program,
): Promise<void> {
  const record = await RecordFile.open(config.dataDir);
  const origin = await originOf(name, config, record);
  const program = build(config, record, origin);
  for await (const line of record.lines()) program.restore(line);
  const server = await listen(config.host, config.port, (request) => program.handle(request));
  const clock = setInterval(() => program.tick(), 1000);
  const stop = async (): Promise<void> => {
    clearInterval(clock);
    await program.stop();
    await server.close();
    await record.close();
    process.exit(0);
  };
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (!stopping) void stop();
      stopping = true;
    });
  }
  program.begin();
  process.stdout.write(`${JSON.stringify({ ready: true, program: name, port: server.port })}\n`);
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') return 'PORT: taken by another program; choose another or stop that one';
  return error instanceof Error ? error.message : String(error);
}

/** Runs a simulator until it is told to stop; a fault at the start is one line per cause and exit code 1. */
export async function runProgram(
  name: 'platform' | 'centre', defaultPort: number,
  build: (config: SimulatorConfig, record: RecordFile, origin: Origin) => Program,
): Promise<void> {
  try {
    await start(name, readConfig(process.env, defaultPort), build);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    process.exit(1);
  }
}
