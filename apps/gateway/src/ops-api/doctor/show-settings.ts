import { describeConfig, isLoopback } from '#runtime';
import { GatewayConfig } from '../../gateway.config.ts';
import type { SettingAnswer } from './doctor.answer.ts';

/** Every setting of this gateway, as far as anybody may see it: no secret, no host, no user, no text that somebody wrote. */
export function showSettings(config: GatewayConfig): SettingAnswer[] {
  return describeConfig(GatewayConfig).map(({ property, variable, description, defaultValue, secret }) => {
    const value: unknown = Reflect.get(config, property);
    const text = secret ? (value === undefined ? null : '（已设，不显示）') : shown(value);
    return { setting: variable, zh: description, value: text, isDefault: !secret && plainText(value) === defaultValue };
  });
}

function plainText(value: unknown): string | null {
  if (Array.isArray(value)) return value.join(',');
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

function shown(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.map((one) => shown(one) ?? '').join('，');
  if (typeof value !== 'string') return plainText(value);
  const url = /^[a-z]+:\/\//.test(value) ? URL.parse(value) : null;
  if (url !== null) return `${url.protocol}//（${isLoopback(url.hostname) ? '本机' : '其他主机'}）`;
  return value.startsWith('{') || value.startsWith('[') ? '（JSON，已设）' : value.slice(0, 100);
}
