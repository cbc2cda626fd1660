import { verifyEvidence } from '#evidence';
import yargs from 'yargs';
console.log(process.version, typeof verifyEvidence, typeof yargs, process.argv.slice(2));
