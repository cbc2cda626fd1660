import { describe, expect, it } from '@jest/globals';
import { mayGoTogether, rightsOf, ROLES } from './rights.ts';
import type { Right, Role } from './rights.ts';

/** What makes a person of four eyes, written beside the table on purpose. */
const ACTS: readonly Right[] = ['replay', 'edit', 'discard', 'approve', 'reveal-personal', 'search-identity'];

describe('roles', () => {
  it.each([
    [['administrator'], true], [['administrator', 'viewer', 'auditor'], true], [['operator', 'supervisor', 'auditor', 'viewer'], true], [[], true],
    [['administrator', 'operator'], false], [['supervisor', 'administrator'], false],
  ] as const)('%j may go together: %j', (roles, may) => {
    expect(mayGoTogether(roles)).toBe(may);
  });

  it('of no account let people in and act, whatever it was given once', () => {
    const all = Object.keys(ROLES) as Role[];
    const both = rightsOf(all);
    expect(both.has('manage-access')).toBe(true);
    expect(ACTS.filter((right) => both.has(right))).toEqual([]);
    expect(ACTS.filter((right) => !rightsOf(['supervisor']).has(right))).toEqual([]);
  });
});
