import type { NestFastifyApplication } from '@nestjs/platform-fastify';

const LISTS = /^\/api\/reconciliation\//;

/** Hands uploads of lists on as they come in, so that the guard looks before anything is read. Other addresses take no such body. Call before the app listens. */
export function takeIdLists(app: NestFastifyApplication): void {
  app.getHttpAdapter().getInstance().addContentTypeParser('text/csv', (request, payload, done) => {
    if (LISTS.test(request.url)) done(null, payload);
    else done(Object.assign(new Error('only lists of reconciliation are CSV'), { statusCode: 415 }));
  });
}
