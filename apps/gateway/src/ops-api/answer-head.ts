import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { PROBLEM_TYPE } from './problems/problem.filter.ts';

/** Load balancers ask these with `HEAD`; to answer is all that their `GET` does. */
const ANSWERED = new Set(['/health/live', '/health/ready', '/metrics']);

/**
 * Has the server answer `HEAD`: as `GET` where nothing but the answer comes of it, and everywhere else with 405, which says what is allowed. There it
 * would do and record all that `GET` does, and give nobody anything. Call before any route is made.
 */
export function answerHead(adapter: FastifyAdapter): void {
  const server = adapter.getInstance();
  const methods = new Map<string, Set<string>>();
  server.addHook('onRoute', (route) => {
    const { url, method } = route;
    const known = methods.get(url) ?? new Set<string>();
    methods.set(url, known);
    for (const one of [method].flat()) if (one !== 'HEAD') known.add(one);
    if (method !== 'GET') return;
    if (ANSWERED.has(url)) server.route({ ...route, method: 'HEAD' });
    // Every method of the address is known by the time somebody asks.
    else server.route({ url, method: 'HEAD', handler: (_request, reply) => reply.code(405).headers({ allow: [...known].join(', '), 'content-type': PROBLEM_TYPE }).send() });
  });
}
