import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runApp } from './run-app.ts';

/** A program of the kind `runApp` runs; its arguments say how it behaves: a port, and how closing goes. */
const [port = '0', closing = 'clean'] = process.argv.slice(2);

await runApp({
  app: 'sample',
  closeWithinMs: 300,
  start: async () => {
    const server = createServer();
    await new Promise<void>((resolve, reject) => { server.on('error', reject).listen(Number(port), '127.0.0.1', resolve); });
    if (closing === 'crash') setTimeout(() => { throw new Error('nobody caught this'); }, 10);
    return {
      port: (server.address() as AddressInfo).port,
      ...(closing === 'hopeless' ? { hopeless: Promise.resolve(new Error('gateway.intake exists on RabbitMQ with other arguments (…): delete it')) } : {}),
      close: () => (closing === 'hang' ? new Promise(() => undefined) : new Promise((resolve) => { server.close(() => resolve()); })),
    };
  },
});
