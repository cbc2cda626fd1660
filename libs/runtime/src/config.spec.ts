import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, IsUrl, Max, Min, MinLength } from 'class-validator';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from './config-error.ts';
import { loadConfig } from './config.ts';
import { Describe, describeConfig, Secret } from './setting.ts';

class SampleConfig {
  @Describe('端口 / the port it listens on')
  @IsInt() @Min(0) @Max(65_535)
  port: number = 8_700;

  @IsUrl({ protocols: ['amqp', 'amqps'], require_tld: false })
  rabbitmqUrl!: string;

  @Secret() @IsString() @MinLength(16)
  opsToken!: string;

  @IsIn(['info', 'debug'])
  logLevel: string = 'info';

  @IsBoolean()
  spoolEnabled: boolean = false;

  @IsOptional() @IsString({ each: true })
  hallCodes?: string[];
}

const good = { RABBITMQ_URL: 'amqp://u:hidden@h:5672/v', OPS_TOKEN: '0123456789abcdef' };
const problems = (env: Record<string, string>) => {
  try {
    loadConfig(SampleConfig, env);
  } catch (error) {
    return (error as ConfigError).problems;
  }
  return [];
};

describe('reading the configuration', () => {
  let folder = '';
  beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'config-')); });
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  it('takes each property from its variable, converts it, and keeps the defaults', () => {
    const config = loadConfig(SampleConfig, { ...good, PORT: '9000', SPOOL_ENABLED: 'true', HALL_CODES: '410204, 410202', UNKNOWN: 'x', LOG_LEVEL: '' });
    expect(config).toBeInstanceOf(SampleConfig);
    expect(config).toEqual({ port: 9_000, rabbitmqUrl: good.RABBITMQ_URL, opsToken: good.OPS_TOKEN, logLevel: 'info', spoolEnabled: true, hallCodes: ['410204', '410202'] });
  });

  it('takes a value from a file, without the line end', () => {
    const config = loadConfig(SampleConfig, { RABBITMQ_URL: good.RABBITMQ_URL, OPS_TOKEN_FILE: file('token', 'from-a-file-0123456789\n') });
    expect(config.opsToken).toBe('from-a-file-0123456789');
  });

  it('names every broken field, what was given and what is allowed, in one error', () => {
    expect(problems({ PORT: '70000', LOG_LEVEL: 'loud', SPOOL_ENABLED: 'yes', RABBITMQ_URL: 'http://h' })).toEqual([
      { field: 'PORT', given: '"70000"', allowed: 'a whole number, at least 0, at most 65535' },
      { field: 'RABBITMQ_URL', given: '"http://h"', allowed: 'a URL (amqp://, amqps://)' },
      { field: 'OPS_TOKEN', given: 'nothing', allowed: 'text, at least 16 characters' },
      { field: 'LOG_LEVEL', given: '"loud"', allowed: 'one of info, debug' },
      { field: 'SPOOL_ENABLED', given: '"yes"', allowed: 'true or false' },
    ]);
    expect(() => loadConfig(SampleConfig, {})).toThrow(ConfigError);
    expect(() => loadConfig(SampleConfig, { ...good, PORT: '12x' })).toThrow('configuration cannot be used: PORT: given "12x"; allowed: a whole number, at least 0, at most 65535');
  });

  it('shows no secret, and no password of a URL', () => {
    const shown = JSON.stringify(problems({ OPS_TOKEN: 'short-secret', RABBITMQ_URL: 'http://user:hidden@h' }));
    expect(shown).not.toContain('short-secret');
    expect(shown).not.toContain('hidden');
    expect(shown).toContain('(secret, not shown)');
  });

  it('refuses a file that cannot be read, and a value given twice', () => {
    expect(problems({ ...good, PORT_FILE: '/nowhere' })).toEqual([{ field: 'PORT_FILE', given: '/nowhere (ENOENT)', allowed: 'the path of a readable file' }]);
    expect(problems({ ...good, OPS_TOKEN_FILE: file('again', 'x') })).toEqual([{ field: 'OPS_TOKEN_FILE', given: 'both OPS_TOKEN and OPS_TOKEN_FILE', allowed: 'only one of the two' }]);
  });
});

describe('the reference of a configuration', () => {
  it('is made from the class itself', () => {
    const settings = describeConfig(SampleConfig);
    expect(settings.find(({ variable }) => variable === 'PORT')).toEqual({
      property: 'port', variable: 'PORT', kind: 'number', required: false, defaultValue: '8700', secret: false,
      allowed: 'a whole number, at least 0, at most 65535', description: '端口 / the port it listens on',
    });
    expect(settings.filter(({ required }) => required).map(({ variable }) => variable)).toEqual(['RABBITMQ_URL', 'OPS_TOKEN']);
    expect(settings.find(({ variable }) => variable === 'HALL_CODES')).toMatchObject({ kind: 'list', allowed: 'each text' });
  });
});
