import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allowedInChinese, givenInChinese } from './config-in-chinese.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sources = globSync('{apps,libs}/**/*.ts', { cwd: root }).filter((path) => !/\.spec\.ts$|simulator|fixture/.test(path)).map((path) => readFileSync(`${root}/${path}`, 'utf8'));

/** Every fixed text of this field of a problem, and every text of the key ring's; a placeholder becomes a number. */
function textsOf(field: 'given' | 'allowed'): string[] {
  const texts = sources.flatMap((source) => [
    ...[...source.matchAll(new RegExp(`\\b${field}: (?:\\w+ === undefined \\? 'nothing' : )?(['\`])(.+?)\\1`, 'g'))].map((match) => match[2] ?? ''),
    ...[...source.matchAll(/badKeys\((['`])(.+?)\1, (['`])(.+?)\3\)/g)].map((match) => match[field === 'given' ? 2 : 4] ?? ''),
  ]);
  return [...new Set(texts.map((text) => text.replaceAll(/\$\{\(error[^}]*\}/g, 'ENOENT').replaceAll(/\$\{.*?\}/g, '7')))];
}

const isChinese = (text: string): boolean => /\p{Script=Han}/u.test(text) && !/\b(?:the|of|is|at|with|that|must)\b/.test(text);
/** Names and codes, and the catalogue's rules, which bring their Chinese along. */
const isName = (text: string): boolean => /^(?:keys\.)?\d+$|^7 \(7\)$|^(?:hall|centre)\S*, |^\{"active"/.test(text);

describe('a configuration problem in Chinese', () => {
  it('is found for every text that the programs give as a problem', () => {
    const texts = [...textsOf('given').map((text) => [text, givenInChinese(text)]), ...textsOf('allowed').map((text) => [text, allowedInChinese(text)])];
    expect(texts.length).toBeGreaterThan(25);
    expect(texts.filter(([text = '', zh = '']) => !isName(text) && !isChinese(zh))).toEqual([]);
  });

  it.each([
    ['a whole number, at least 0, at most 65535', '整数，不小于 0，不大于 65535'],
    ['a list separated by commas, each text that matches /^amqps?:\\/\\//', '以逗号分隔的列表，每项：符合 /^amqps?:\\/\\// 的文字'],
    ['a URL (amqp://, amqps://)', '网址（amqp://, amqps://）'],
    ['one of info, debug', '下列之一：info, debug'],
    ['text, at least 32 characters', '文字，至少 32 个字符'],
    ['true or false', 'true 或 false'],
    ['must have 6 digits (应为 6 位数字)', '应为 6 位数字'],
  ])('says what is allowed by %s', (en, zh) => {
    expect(allowedInChinese(en)).toBe(zh);
  });

  it('repeats what was given as it is', () => {
    expect(givenInChinese('"nothing"')).toBe('"nothing"');
    expect(givenInChinese('/etc/k.json (ENOENT)')).toBe('/etc/k.json（没有这个文件）');
  });
});
