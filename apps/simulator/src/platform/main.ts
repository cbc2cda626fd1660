import { runProgram } from '../program.ts';
import { PlatformProgram } from './platform-program.ts';

await runProgram('platform', 8801, (config, record, origin) => new PlatformProgram(config, record, origin));
