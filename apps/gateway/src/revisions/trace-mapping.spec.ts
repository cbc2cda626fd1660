import { describe, expect, it } from '@jest/globals';
import type { JiujinEvent } from '#contracts';
import { eventOf } from '../case-events.fixture.ts';
import { intakeOf, material } from '../hall-to-centre/intake.fixture.ts';
import { traceMapping } from './trace-mapping.ts';
import type { MappedField } from './trace-mapping.ts';

const ITEM = eventOf('case.received').data.itemCode;
const ATTACHMENT = { fileId: 'F-1', name: '测试.pdf', mime: 'application/pdf', size: 10, sm3: '0'.repeat(64) };

function mapping(event: JiujinEvent, destination: 'centre' | 'hall:410204' = 'centre', kind = 'open', more = {}): Map<string, MappedField> {
  const intake = intakeOf(ITEM, { amount: '80000.00', payee: { bankCode: '102', accountNo: '6200000000000000001' }, ...more });
  return new Map((traceMapping({ destination, kind, event, intake, updateNumber: 1 }) ?? []).map((field) => [field.target, field]));
}

describe('the mapping of a transfer', () => {
  const fields = mapping(eventOf('case.received'), 'centre', 'open', { materials: [material('A', { taken: false }), material('B', { attachments: [ATTACHMENT] })] });

  it.each([
    ['application.applicant.name', ['receipt.applicant.name'], 'same'],
    ['application.applicant.certNo', ['receipt.applicant.certNo'], 'same'],
    ['application.applicant.certType', ['receipt.applicant.certType'], 'converted'],
    ['application.payee.accountNo', ['receipt.payee.accountNo'], 'same'],
    ['application.amount', ['receipt.amount'], 'same'],
    ['application.receivedAt', ['receipt.receivedAt'], 'converted'],
    ['application.materials[].name', ['receipt.materials[].name'], 'same'],
    ['application.materials[].attachments[].sm3', ['receipt.materials[].attachments[].sm3'], 'same'],
    ['occurredAt', ['event.time'], 'converted'],
    ['projectNo', ['case.projectNo'], 'same'],
    ['itemName', ['case.itemCode'], 'converted'],
    ['hall.name', ['case.hallCode'], 'converted'],
    ['kind', [], 'given'],
  ])('says what %s is made from', (target, sources, way) => {
    expect(fields.get(target)).toMatchObject({ sources, way, zh: expect.stringMatching(/\p{Script=Han}/u) });
  });

  it('says of every field of the payload what it is made from, and of no value what it is', () => {
    expect(fields.size).toBeGreaterThan(20);
    expect(JSON.stringify([...fields.values()])).not.toMatch(/\d{6}/);
  });

  it('names no field that only decides whether another is there', () => {
    const taken = mapping(eventOf('case.received'), 'centre', 'open', { materials: [material('B')], paper: undefined });
    expect(taken.get('application.materials[].name')).toMatchObject({ sources: ['receipt.materials[].name'] });
    expect([...taken.values()].flatMap(({ sources }) => sources)).not.toContain('receipt.materials[].taken');
  });

  it('is told of updates towards a hall too', () => {
    const update = mapping(eventOf('case.accepted'), 'hall:410204', 'acceptance');
    expect(update.get('acceptance.acceptedAt')).toMatchObject({ sources: ['event.data.acceptedAt'], way: 'converted' });
    expect(update.get('acceptance.acceptedBy')).toMatchObject({ sources: ['event.data.operator.name'], way: 'same' });
    expect(update.get('updateSequence')).toMatchObject({ sources: [], way: 'given' });
  });

  it('is none where there is nothing to translate into', () => {
    const intake = intakeOf(ITEM, {});
    const receipt = { ...intake.receipt, applicant: { ...intake.receipt.applicant, certType: '777' } };
    expect(traceMapping({ destination: 'centre', kind: 'open', event: eventOf('case.received'), intake: { ...intake, receipt }, updateNumber: 1 })).toBeNull();
  });
});
