import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../local/servers/profile.ts';
import { MeasuringField } from './field.ts';
import { measureAll } from './measure-all.ts';
import { BenchOptionError, HELP, readBenchOptions, type BenchOptions } from './options.ts';
import { chartsOf } from './chart.ts';
import { resultOf, tableOf } from './report.ts';

const RESULTS = join(CHECKOUT, 'bench/results');

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = readBenchOptions(process.argv.slice(2));
    if (!options.help) return await run(options);
    process.stdout.write(`${HELP}\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof BenchOptionError ? error.message : String(error instanceof Error ? error.stack : error)}\n`);
    return error instanceof BenchOptionError ? 2 : 1;
  }
}

async function run(options: BenchOptions): Promise<number> {
  const output = options.json ? process.stderr : process.stdout;
  const say = (line: string): void => { output.write(`${line}\n`); };
  const field = new MeasuringField();
  process.once('SIGINT', () => { void field.close().finally(() => process.exit(130)); });
  try {
    await field.open(say);
    const measured = await measureAll(field, options, say);
    const result = resultOf(measured);
    say(tableOf(measured));
    mkdirSync(RESULTS, { recursive: true });
    writeFileSync(join(RESULTS, 'latest.json'), `${JSON.stringify(result, null, 2)}\n`);
    for (const [name, svg] of Object.entries(chartsOf(measured))) writeFileSync(join(RESULTS, `${name}.svg`), svg);
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
    return 0;
  } finally {
    await field.close();
  }
}
