import { describe, expect, it } from '@jest/globals';
import { CANARY_OPERATOR, isCanary, packagedCatalogue, validateEvent } from '#contracts';
import { canaryCase } from './canary-case.ts';

const catalogue = packagedCatalogue();
const AT = Date.parse('2026-11-23T01:30:00Z');

describe('the canary of a hall', () => {
  it.each(catalogue.halls)('is a receipt of $name that the door takes, and a canary in all its parts', (hall) => {
    const event = canaryCase(hall, AT, catalogue);
    expect(validateEvent(event, { party: `hall:${hall.code}` }).ok).toBe(true);
    expect(event).toMatchObject({ canary: true, source: `/halls/${hall.code}`, data: { operator: { id: CANARY_OPERATOR }, receivedAt: '2026-11-23T01:30:00.000Z' } });
    expect(isCanary(event?.subject ?? '')).toBe(true);
  });

  it('has another number and another id at another moment', () => {
    const numbers = catalogue.halls.flatMap((hall) => [AT, AT + 1].map((at) => canaryCase(hall, at, catalogue)?.id));
    expect(new Set(numbers).size).toBe(catalogue.halls.length * 2);
  });

  it('needs an item that one person can apply for alone', () => {
    const [hall] = catalogue.halls;
    const items = catalogue.items.filter(({ requires }) => requires.includes('agent') || requires.includes('relative'));
    expect(hall && canaryCase(hall, AT, { ...catalogue, items })).toBeNull();
    const moving = catalogue.items.filter(({ requires }) => requires.includes('transferDirection'));
    expect(hall && canaryCase(hall, AT, { ...catalogue, items: moving })).toMatchObject({ data: { transferDirection: 'internal' } });
  });
});
