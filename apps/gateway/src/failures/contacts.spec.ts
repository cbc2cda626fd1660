import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#runtime';
import { Contacts } from './contacts.ts';

const CONTACT = { name: '测试甲', phone: '0371-1234567', org: '测试单位' };

describe('the contacts', () => {
  it('are those of the side, a hall\'s own before those of every hall, and none where none is named', () => {
    const own = { ...CONTACT, name: '测试乙' };
    const contacts = Contacts.fromConfig({ contacts: JSON.stringify({ 'centre': CONTACT, 'hall:*': CONTACT, 'hall:410204': own }) });
    expect([contacts.of('centre'), contacts.of('hall:410204'), contacts.of('hall:410203'), contacts.of('ours')]).toEqual([CONTACT, own, CONTACT, null]);
    expect(Contacts.fromConfig({}).of('centre')).toBeNull();
  });

  it.each(['[]', 'nothing', '{"bureau": {}}', '{"centre": {"name": "x", "phone": 7, "org": "y"}}', '{"centre": null}', '{"centre": {"name": "a\\nb", "phone": "1", "org": "y"}}'])(
    'stop the start when they are %s, and show no number', (contacts) => {
      expect(() => Contacts.fromConfig({ contacts })).toThrow(ConfigError);
      expect(() => Contacts.fromConfig({ contacts: JSON.stringify({ centre: { ...CONTACT, org: '' } }) })).not.toThrow(/0371/);
    },
  );
});
