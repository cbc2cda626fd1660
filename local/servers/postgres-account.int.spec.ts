import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { canReach } from './postgres-account.ts';

describe('whether the account of PostgreSQL can reach a folder', () => {
  const stranger = { uid: 54_321, gid: 54_321 };
  let root = '';

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'reach-'));
    mkdirSync(join(root, 'home/checkout'), { recursive: true });
    for (const folder of [root, join(root, 'home'), join(root, 'home/checkout')]) chmodSync(folder, 0o755);
  });
  afterEach(() => { rmSync(root, { recursive: true }); });

  it('is yes while every folder above lets others through', () => {
    expect(canReach(join(root, 'home/checkout'), stranger)).toBe(true);
  });

  it('is no when a folder above is closed, as root’s home is', () => {
    chmodSync(join(root, 'home'), 0o700);
    expect(canReach(join(root, 'home/checkout'), stranger)).toBe(false);
  });

  it('is no when others may list the folder but not go through it', () => {
    chmodSync(join(root, 'home'), 0o744);
    expect(canReach(join(root, 'home/checkout'), stranger)).toBe(false);
  });

  it('is always yes when the server runs as ourselves', () => {
    chmodSync(join(root, 'home'), 0o700);
    expect(canReach(join(root, 'home/checkout'), null)).toBe(true);
  });
});
