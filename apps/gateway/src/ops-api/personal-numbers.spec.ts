import { describe, expect, it } from '@jest/globals';
import { looksPersonal, scrubbed, wordFromOutside } from './personal-numbers.ts';

describe('numbers that belong to people', () => {
  it.each(['410204199001011234', '11010519491231002X', '13800005678'])('knows %s by its form', (number) => {
    expect(looksPersonal(number)).toBe(true);
  });

  it.each(['330901161710248000216', '330901161710248000', 'KF20261122000001', '20261122', '4102'])('takes %s for a project number', (number) => {
    expect(looksPersonal(number)).toBe(false);
  });

  it('masks long numbers inside a sentence and leaves the sentence readable', () => {
    expect(scrubbed('身份证 11010519491231002X 与手机 13800005678 不符，HTTP 422，共 3 项'))
      .toBe('身份证 **************002X 与手机 *******5678 不符，HTTP 422，共 3 项');
  });

  it('leaves digests and ids alone', () => {
    expect(scrubbed('tr_9f86d081884c7d659a2feaa0c55 12345678901234567890123')).toBe('tr_9f86d081884c7d659a2feaa0c55 12345678901234567890123');
  });

  it('shows nothing of a word that has not the form it should have', () => {
    expect(wordFromOutside('张三的办件', /^[A-Za-z0-9-]{1,50}$/)).toBeNull();
    expect(wordFromOutside('410204199001011234', /^[A-Za-z0-9-]{1,50}$/)).toBe('**************1234');
    expect(wordFromOutside('KF-1', /^[A-Za-z0-9-]{1,50}$/)).toBe('KF-1');
  });
});
