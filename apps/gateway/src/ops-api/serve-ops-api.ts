import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { serveOpsDocs } from './ops-docs.ts';
import { addSecurityHeaders } from './ops-headers.ts';

/** What the ops API needs of the HTTP server beyond its module. Call once, after the app is made and before it listens. */
export function serveOpsApi(app: NestFastifyApplication): void {
  addSecurityHeaders(app);
  serveOpsDocs(app);
}
