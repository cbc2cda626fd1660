import { describe, expect, test } from '@jest/globals';
import type { Material } from '#contracts';
import { intakeOf, material } from './intake.fixture.ts';
import { applyCorrection, mergeSupplement } from './intake-snapshot.ts';

const RETIREMENT = '725849853QT48863001';
const { receipt } = intakeOf(RETIREMENT, { materials: [material('ID_SELF'), material('RETIRE_CERT', { copies: 1 })] });
const codesAndCopies = (materials: readonly Material[]) => materials.map(({ materialCode, copies }) => `${materialCode} ${copies}`);

describe('a supplement', () => {
  test('replaces the material with its code and adds a new one', () => {
    const merged = mergeSupplement(receipt, { materials: [material('RETIRE_CERT', { copies: 2 }), material('POA')] });
    expect(codesAndCopies(merged.materials)).toEqual(['ID_SELF 1', 'RETIRE_CERT 2', 'POA 1']);
    expect(codesAndCopies(receipt.materials)).toEqual(['ID_SELF 1', 'RETIRE_CERT 1']);
  });
});

describe('a correction', () => {
  test('replaces the receipt, but keeps the materials it does not name', () => {
    const supplied = mergeSupplement(receipt, { materials: [material('POA')] });
    const corrected = applyCorrection(supplied, { receipt: { ...receipt, amount: '5.00', materials: [material('ID_SELF', { copies: 3 })] } });
    expect(corrected.amount).toBe('5.00');
    expect(codesAndCopies(corrected.materials)).toEqual(['ID_SELF 3', 'RETIRE_CERT 1', 'POA 1']);
  });

  test('takes a field away that the corrected receipt no longer has', () => {
    expect(applyCorrection({ ...receipt, amount: '5.00' }, { receipt })).not.toHaveProperty('amount');
  });

  test('of something else leaves the receipt as it was', () => {
    expect(applyCorrection(receipt, {})).toBe(receipt);
  });
});
