import { runApp } from '#runtime';
import { startGateway } from './start-gateway.ts';

await runApp({ app: 'gateway', start: (logger) => startGateway(process.env, logger) });
