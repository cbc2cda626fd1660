import { describe, expect, it } from '@jest/globals';
import { ConfigError } from '#runtime';
import { GatewayConfig } from '../../gateway.config.ts';
import { oidcSettingsOf } from './oidc-settings.ts';
import { rolesOfClaims } from './roles-of-claims.ts';

const given = (settings: Partial<GatewayConfig>): GatewayConfig => Object.assign(new GatewayConfig(), {
  oidcIssuer: 'https://id.test', oidcClientId: 'jiujin', oidcRoles: '{"duty":["operator"]}', ...settings,
});

describe('the settings of the identity provider', () => {
  it('are none when there is no issuer', () => {
    expect(oidcSettingsOf(new GatewayConfig())).toBeNull();
  });

  it('are taken when they are whole; without TLS on this machine only', () => {
    expect(oidcSettingsOf(given({}))).toMatchObject({ insecure: false, rolesClaim: 'roles' });
    expect(oidcSettingsOf(given({ oidcIssuer: 'http://127.0.0.1:9000' }))).toMatchObject({ insecure: true });
  });

  it.each([
    ['OIDC_ISSUER', { oidcIssuer: 'http://id.test' }],
    ['OIDC_CLIENT_ID', { oidcClientId: undefined }],
    ['OIDC_ROLES', { oidcRoles: undefined }],
    ['OIDC_ROLES', { oidcRoles: '{' }],
    ['OIDC_ROLES', { oidcRoles: '{}' }],
    ['OIDC_ROLES', { oidcRoles: '[]' }],
    ['OIDC_ROLES', { oidcRoles: '{"duty":["root"]}' }],
    ['OIDC_ROLES', { oidcRoles: '{"duty":["toString"]}' }],
    ['OIDC_ROLES', { oidcRoles: '{"duty":"operator"}' }],
    ['OIDC_ROLES', { oidcRoles: '{"duty":["operator","administrator"]}' }],
  ])('stop the start by the name of %s when it is wrong: %j', (name, settings) => {
    expect(() => oidcSettingsOf(given(settings as Partial<GatewayConfig>))).toThrow(ConfigError);
    expect(() => oidcSettingsOf(given(settings as Partial<GatewayConfig>))).toThrow(new RegExp(name));
  });
});

describe('the roles of somebody who signs in', () => {
  const mapping = new Map([['duty', ['operator'] as const], ['lead', ['supervisor', 'operator'] as const]]);

  it.each([
    [['duty', 'lead'], ['operator', 'supervisor']],
    ['duty', ['operator']],
    [['unknown', 7, null], []],
    [undefined, []],
    [{ duty: true }, []],
  ])('by the claim %j are %j', (claim, roles) => {
    expect(rolesOfClaims({ groups: claim }, 'groups', mapping)).toEqual(roles);
  });
});
