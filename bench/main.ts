import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../local/servers/profile.ts';
import { MeasuringField } from './field.ts';
import { measureAll } from './measure-all.ts';
import { BenchOptionError, HELP, readBenchOptions, type BenchOptions } from './options.ts';
import { chartsOf } from './chart.ts';
import { paperOf, type BenchPaper } from './report.ts';
import { tablesOf } from './table.ts';
import { stopSignal, whenAborted } from '../local/stop-signals.ts';

const RESULTS = join(CHECKOUT, 'bench/results');

// What a signal broke off may still wait for something: it must not keep us running.
process.exit(await main());

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
  const signal = stopSignal();
  let field: MeasuringField | null = null;
  const open = async (): Promise<MeasuringField> => {
    field = new MeasuringField(options.profile);
    await field.open(say);
    return field;
  };
  try {
    const measured = await Promise.race([measureAll(open, options, say), whenAborted(signal)]);
    const paper = paperOf(measured, options, new Date());
    say(tablesOf(paper));
    keep(paper);
    // A replay that was asked for alone is told alone.
    const told = options.only.length === 1 && paper.figures.replay !== null ? paper.figures.replay : paper.figures;
    if (options.json) process.stdout.write(`${JSON.stringify(told)}\n`);
    return 0;
  } finally {
    await (field as MeasuringField | null)?.close();
  }
}

/** The newest results and their charts, in place of those before. */
function keep(paper: BenchPaper): void {
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(join(RESULTS, 'latest.json'), `${JSON.stringify(paper, null, 2)}\n`);
  for (const [name, svg] of Object.entries(chartsOf(paper))) writeFileSync(join(RESULTS, `${name}.svg`), svg);
}
