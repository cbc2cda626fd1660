import { describe, expect, it } from '@jest/globals';
import { sharesOf, type CpuProfile } from './stages.ts';

const call = (id: number, functionName: string, url: string, ...children: number[]): CpuProfile['nodes'][number] => ({ id, callFrame: { functionName, url }, children });

const nodes = [
  call(1, '(root)', '', 2, 3, 4, 5),
  call(2, '(idle)', ''),
  call(3, '(garbage collector)', ''),
  call(4, 'receive', 'file:///dist/libs/edge/src/ingress.js', 6, 7),
  call(5, 'start', 'file:///dist/apps/gateway/src/main.js'),
  call(6, 'seal', 'file:///dist/libs/runtime/src/key-ring.js', 8),
  call(7, 'checkShape', 'file:///dist/libs/contracts/src/validation/check-shape.js'),
  call(8, 'update', 'node:internal/crypto/cipher'),
];

describe('the time of a program', () => {
  it('is shared out by the innermost call that says what it is for', () => {
    const shares = sharesOf({ nodes, samples: [8, 7, 3, 4], timeDeltas: [400, 300, 200, 100] }, 0);
    expect(shares).toMatchObject({ sealing: 0.4, validation: 0.3, collection: 0.2, rest: 0.1, broker: 0 });
  });

  it('counts neither waiting nor starting up', () => {
    const shares = sharesOf({ nodes, samples: [5, 2, 7], timeDeltas: [900, 5_000, 100] }, 1);
    expect(shares).toMatchObject({ validation: 1, rest: 0 });
  });

  it('is nothing when nothing was done', () => {
    expect(sharesOf({ nodes, samples: [2], timeDeltas: [100] }, 0).rest).toBe(0);
  });
});
