import { describe, expect, it } from '@jest/globals';
import { missingSettings, portsOf, settingsFor } from './bridge-settings.ts';

const COMPLETE = {
  RABBITMQ_URL: 'amqp://r', REDIS_URL: 'redis://r', DATABASE_URL: 'postgres://p', LEDGER_KEYS_FILE: 'k', OPS_TOKEN_FILE: 't', INGRESS_KEYS_FILE: 'i', ENDPOINTS_FILE: 'e',
};

describe('the settings of npm run bridge', () => {
  it('are complete with three servers and four secrets, each as a value or as a file', () => {
    expect(missingSettings(COMPLETE)).toEqual([]);
    expect(missingSettings({ ...COMPLETE, OPS_TOKEN_FILE: undefined, OPS_TOKEN: 'x' })).toEqual([]);
  });

  it('name each one that is missing and the programs that need it', () => {
    expect(missingSettings({ ...COMPLETE, RABBITMQ_URL: '', ENDPOINTS_FILE: undefined })).toEqual([
      'RABBITMQ_URL（或 RABBITMQ_URL_FILE）：gateway、district-adapter、centre-adapter 需要',
      'ENDPOINTS（或 ENDPOINTS_FILE）：district-adapter、centre-adapter 需要',
    ]);
  });

  it('may be given to one program only, by its prefix', () => {
    const env = { ...COMPLETE, CENTRE_ADAPTER_INGRESS_KEYS_FILE: 'other' };
    expect(settingsFor('centre-adapter', env)['INGRESS_KEYS_FILE']).toBe('other');
    expect(settingsFor('district-adapter', env)['INGRESS_KEYS_FILE']).toBe('i');
  });

  it('give each program a port of its own', () => {
    expect(portsOf({ GATEWAY_PORT: '9000' })).toEqual({ 'gateway': 9000, 'district-adapter': 8701, 'centre-adapter': 8702 });
    expect(() => portsOf({ PORT: '1' })).toThrow('GATEWAY_PORT');
    expect(() => portsOf({ CENTRE_ADAPTER_PORT: 'x' })).toThrow('CENTRE_ADAPTER_PORT：给的是 "x"');
  });
});
