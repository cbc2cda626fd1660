import { describe, expect, it } from '@jest/globals';
import { readBridgeOptions, readEnvFile } from './bridge-options.ts';
import { OptionError } from './options.ts';

describe('the options of npm run bridge', () => {
  it('name a file of settings, or none', () => {
    expect(readBridgeOptions(['--env-file', 'a.env'])).toEqual({ help: false, envFile: 'a.env' });
    expect(readBridgeOptions(['-h'])).toEqual({ help: true, envFile: null });
  });

  it.each([[['--envfile', 'x'], '--envfile：看不懂的选项'], [['x'], 'x：看不懂的选项'], [['--env-file'], '要写出文件名']])('are answered in Chinese when they are wrong: %j', (args, words) => {
    expect(() => readBridgeOptions(args)).toThrow(OptionError);
    expect(() => readBridgeOptions(args)).toThrow(words);
    expect(() => readBridgeOptions(args)).toThrow('npm run bridge -- --help');
  });

  it('say which file cannot be read', () => {
    expect(() => readEnvFile('/nope')).toThrow(/^--env-file：读不了文件 \/nope（没有这个文件）$/);
  });
});
