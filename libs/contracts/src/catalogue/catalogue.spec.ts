import { expect, test } from '@jest/globals';
import { catalogue } from './catalogue.ts';
test('probe', () => {
  expect(catalogue().items.length).toBe(28);
  expect(catalogue().hall('410204')?.district).toBe('鼓楼区');
});
