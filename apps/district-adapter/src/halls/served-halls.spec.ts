import { describe, expect, it } from '@jest/globals';
import { catalogue } from '#contracts';
import { parseEndpoints, parseKeyBook } from '#edge';
import { endpointsOf, missingParts, servedHalls } from './served-halls.ts';

describe('the halls of a district adapter', () => {
  it('are all of the catalogue unless some are named', () => {
    expect(servedHalls([], catalogue()).sort()).toEqual(['410202', '410203', '410204', '410205']);
    expect(servedHalls(['410204'], catalogue())).toEqual(['410204']);
  });

  it('cannot be strangers to the catalogue', () => {
    expect(() => servedHalls(['410204', '999999'], catalogue())).toThrow(/HALL_CODES.*999999.*410204/);
  });

  it('are the only ones whose endpoints it keeps, whatever else is in the file', () => {
    const signing = { keyId: 'k1', algorithm: 'HMAC-SM3', secret: 'synthetic-secret-hall' };
    const endpoints = parseEndpoints(JSON.stringify({ 'hall:410203': { url: 'http://127.0.0.1/', signing }, 'hall:410204': { url: 'http://127.0.0.1/', signing } }));
    expect([...endpointsOf(['410204'], endpoints).keys()]).toEqual(['hall:410204']);
  });

  it('are told what they lack to take part', () => {
    const signing = { keyId: 'k1', algorithm: 'HMAC-SM3', secret: 'synthetic-secret-hall' };
    const keys = parseKeyBook(JSON.stringify({ 'hall-410204': [signing] }));
    const endpoints = parseEndpoints(JSON.stringify({ 'hall:410203': { url: 'http://127.0.0.1/', signing } }));
    const missing = missingParts(['410204', '410203'], keys, endpoints);
    expect(missing).toHaveLength(2);
    expect(missing[0]).toMatch(/410204.*ENDPOINTS_FILE/);
    expect(missing[1]).toMatch(/410203.*INGRESS_KEYS_FILE/);
  });
});
