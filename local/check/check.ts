import { readCheckCatalogue } from './catalogue.ts';
import { Comparison } from './compare-records.ts';
import { readBoth } from './read-record.ts';
import { readLedger } from './read-ledger.ts';
import type { CheckReport } from './report.ts';

export type { CheckReport } from './report.ts';

export interface CheckOptions {
  /** Record of the platform: a file, or the URL of its `/control/record`. */
  readonly platform: string;
  readonly centre: string;
  /** The ledger; without it only the two records are compared. */
  readonly databaseUrl?: string;
  /** Folder of `items.json` and `certificate-types.json`. */
  readonly catalogueDir: string;
  /** Leaves out cases whose project number ends in a lower index: those of earlier runs in the same data folder. */
  readonly fromIndex?: number;
  /** Leaves out cases of any other series: those of runs whose records lie elsewhere while the ledger still knows them. */
  readonly series?: string;
}

const INDEX = /-(\d{6,9})$/;

function concernedBy({ fromIndex, series }: CheckOptions): ((projectNo: string) => boolean) | undefined {
  if (fromIndex === undefined && series === undefined) return undefined;
  return (projectNo) =>
    (fromIndex === undefined || Number(INDEX.exec(projectNo)?.[1] ?? -1) >= fromIndex) && (series === undefined || projectNo.split('-').includes(series));
}

/** Compares what the simulators recorded on both sides with each other and with the ledger. @throws when one of the three cannot be read. */
export async function check(options: CheckOptions): Promise<CheckReport> {
  const comparison = new Comparison(readCheckCatalogue(options.catalogueDir), concernedBy(options));
  for await (const [side, line] of readBoth(options.platform, options.centre)) comparison.line(side, line);
  comparison.recordsEnd();
  if (options.databaseUrl !== undefined) await readLedger(options.databaseUrl, comparison);
  return comparison.report();
}
