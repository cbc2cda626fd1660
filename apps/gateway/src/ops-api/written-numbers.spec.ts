import { describe, expect, it } from '@jest/globals';
import { holdsPersonalForm, holdsPersonalNumber } from './written-numbers.ts';

describe('what people write', () => {
  it.each([
    '申请人 410204199001010002 要求', 'ID410204199001010002', '４１０２０４１９９００１０１０００２', '410204 19900101 0002', '410204-19900101-0002', '1101051949 1231 002X', '11010519491231002-X', 'id11010519491231002x的人',
    '410204\u200b199001010002', '电话13800005678来', 'tel13800005678', '138 0000 5678', '138-0000-5678', '１３８００００５６７８', '6222-0200-0000-0000-000', '6222 0200 1234 5678', 'NO6222020200012345678', '4000 1234 5678 9010',
    '410204–19900101–0002', '第 3 次 410204 19900101 0002', '办件 KF20261122000001，卡 6222-0200-1234-5678-901',
  ])('holds a number of a person: %s', (text) => {
    expect([holdsPersonalNumber(text), holdsPersonalForm(text)]).toEqual([true, true]);
  });

  it.each([
    '办件 330901161710248000216 重发', 'KF20261122000001', 'KF410204202611220001', '410204 2026-11-22 0001', 'P-41020419-9001-4101-8000-013800005678', 'tr_9f86d081884c7d659a2feaa0c55', 'tr_13800005678AbCdEfGhIjKlMnOp',
    'fg_0123456789abcdef01234567', '9f86d081884c7d6513800005678aa0c5', 'ITSM-2026/1123', 'INC-20261123-000123', '2026-11-23 09:30 到 2026-11-24 10:00', '2026-11-23 2026-11-24', '共 18 件、20 件、2026 件', '金额 1234567.89 元', '0378-2234567', 'HTTP 422，第 3 次',
  ])('holds none: %s', (text) => {
    expect([holdsPersonalNumber(text), holdsPersonalForm(text)]).toEqual([false, false]);
  });

  it('holds a long number that has no form of a person\'s only where no such number belongs', () => {
    expect([holdsPersonalNumber('工单 20261123000012'), holdsPersonalForm('20261123000012')]).toEqual([true, false]);
  });
});
