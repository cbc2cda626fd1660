import { runProgram } from '../program.ts';
import { CentreProgram } from './centre-program.ts';

await runProgram('centre', 8802, (config, record, origin) => new CentreProgram(config, record, origin));
