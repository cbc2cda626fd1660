import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { serveOpsDocs } from './ops-docs.ts';
import { addSecurityHeaders } from './ops-headers.ts';
import { takeIdLists } from './reconciliation/take-id-lists.ts';

/** What the ops API needs of the HTTP server beyond its module. Call once, after the app is made and before it listens. */
export function serveOpsApi(app: NestFastifyApplication): void {
  addSecurityHeaders(app);
  takeIdLists(app);
  serveOpsDocs(app);
}
