import { describe, expect, it } from '@jest/globals';
import { alertLinks } from './alert-links.ts';

describe('where an alert leads', () => {
  it.each([
    ['channel-paused', 'intake:410204', ['/api/channels/intake:410204']],
    ['circuit-open', 'hall:410204', ['/api/channels/completion:410204', '/api/circuits?destination=hall:410204']],
    ['transfers-failed', 'centre', ['/api/failure-groups?destination=centre', '/api/transfers?destination=centre&status=failed', '/api/channels', '/api/circuits?destination=centre']],
    ['dead-letters', 'gateway.intake', ['/api/dead-letters?queue=gateway.intake&status=open', '/api/queues/gateway.intake']],
    ['consumer-missing', 'centre-adapter.work-items', ['/api/queues/centre-adapter.work-items']],
    ['program-silent', 'gateway/host-1-a', ['/api/edge-instances?app=gateway']],
    ['spool-backlog', 'district-adapter', ['/api/edge-instances?app=district-adapter']],
    ['operation-paused', 'op_Zk3JhQ0c', ['/api/operations/op_Zk3JhQ0c']],
    ['redis-unsafe', 'something new', []],
  ])('%s of %s', (condition, subject, paths) => {
    expect(alertLinks(condition, subject).map(({ path }) => path)).toEqual(paths);
  });
});
