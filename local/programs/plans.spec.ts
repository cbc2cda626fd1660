import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CHECKOUT } from '../servers/profile.ts';
import { bridgePlan, USUAL_PORTS } from './plans.ts';

test('the image starts a program with the bounds that it has here', () => {
  const { nodeArgs = [] } = bridgePlan('gateway', USUAL_PORTS, {});
  expect(nodeArgs.length).toBeGreaterThan(0);
  expect(readFileSync(join(CHECKOUT, 'Dockerfile'), 'utf8')).toContain(`exec node ${nodeArgs.join(' ')} dist/apps/`);
});
