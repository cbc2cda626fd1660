import { parseArgs } from 'node:util';
import { check } from './check.ts';

const { values } = parseArgs({
  options: {
    platform: { type: 'string', default: 'http://127.0.0.1:8801/control/record' },
    centre: { type: 'string', default: 'http://127.0.0.1:8802/control/record' },
    database: { type: 'string', default: process.env.DATABASE_URL },
    catalogue: { type: 'string', default: 'libs/contracts/data' },
    'from-index': { type: 'string' },
  },
});

const from = values['from-index'];
const report = await check({
  platform: values.platform, centre: values.centre, databaseUrl: values.database, catalogueDir: values.catalogue,
  fromIndex: from === undefined ? undefined : Number(from),
});
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
process.exitCode = report.ok ? 0 : 1;
