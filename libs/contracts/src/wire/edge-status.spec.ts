import { describe, expect, it } from '@jest/globals';
import { edgeStatusProblems, type EdgeStatus } from './edge-status.ts';

const AT = '2026-11-23T01:30:00.000Z';
const status: EdgeStatus = {
  app: 'centre-adapter', instance: 'host-4711-a1b2c3', at: AT,
  circuits: [
    { destination: 'centre', state: 'open', since: AT, reason: 'http-503', failures: 8, window: 0, held: 3, nextProbeAt: AT },
    { destination: 'hall:410204', state: 'closed', since: AT, reason: null, failures: 0, window: 32, held: 0, nextProbeAt: null },
  ],
  spool: { waiting: 2, oldestAt: AT }, journal: { entries: 0, oldestAt: null }, redisDurable: true, redisProblem: null,
};

const fieldsOf = (body: unknown): string[] => edgeStatusProblems(body).map(({ field }) => field);

describe('an adapter\'s report of itself', () => {
  it('is good when whole, also while Redis cannot be asked', () => {
    expect(fieldsOf(status)).toEqual([]);
    expect(fieldsOf({ ...status, spool: null, journal: null, redisDurable: null, redisProblem: 'Redis 连不上' })).toEqual([]);
  });

  it('is good when it says that it stops, and whose canaries it sends', () => {
    expect(fieldsOf({ ...status, canaryHalls: ['410204'], stopping: true })).toEqual([]);
    expect(fieldsOf({ ...status, canaryHalls: ['鼓楼区'], stopping: 'soon' }).sort()).toEqual(['canaryHalls', 'stopping']);
  });

  it('is good when it says which keys the parties have, and until when', () => {
    const key = { party: 'hall:410204', keyId: 'k-1', algorithm: 'HMAC-SM3', notBefore: null, notAfter: AT };
    expect(fieldsOf({ ...status, signingKeys: [key] })).toEqual([]);
    expect(fieldsOf({ ...status, signingKeys: [{ ...key, keyId: 'k'.repeat(65), notAfter: 'soon' }] }).sort()).toEqual(['signingKeys[0].keyId', 'signingKeys[0].notAfter']);
  });

  it('is good when it says which of its settings are unsafe', () => {
    const concern = { setting: 'ENDPOINTS', severity: 'bad', zh: '不经加密', adviceZh: '改用 https' };
    expect(fieldsOf({ ...status, concerns: [concern] })).toEqual([]);
    expect(fieldsOf({ ...status, concerns: [{ ...concern, severity: 'awful' }] })).toEqual(['concerns[0].severity']);
  });

  it('is good with fields of a newer adapter', () => {
    expect(fieldsOf({ ...status, colour: 'red', circuits: [{ ...status.circuits[0], colour: 'red' }] })).toEqual([]);
  });

  it('is told by field what is wrong with it', () => {
    expect(fieldsOf({ ...status, at: 'yesterday', circuits: [{ ...status.circuits[0], state: 'ajar', window: -1 }], journal: undefined }).sort())
      .toEqual(['at', 'circuits[0].state', 'circuits[0].window', 'journal']);
    expect(fieldsOf(null)).toEqual(['']);
  });
});
