import { describe, expect, it } from '@jest/globals';
import stringWidth from 'string-width';
import { Output } from './output.ts';
import { tableOf } from './table.ts';
import { Written } from './fake-terminal.fixture.ts';

const starts = (line: string, text: string): number => stringWidth(line.slice(0, line.indexOf(text)));

describe('a table', () => {
  it('has its columns below each other, Chinese characters being two wide', () => {
    const lines = tableOf(['大厅', '件数'], [['鼓楼区政务服务大厅', '1'], ['a', '22'], ['顺河ab', '333']], undefined).split('\n');
    expect(lines).toHaveLength(4);
    expect([starts(lines[0] ?? '', '件数'), starts(lines[1] ?? '', '1'), starts(lines[2] ?? '', '22'), starts(lines[3] ?? '', '333')]).toEqual([20, 20, 20, 20]);
  });

  it('folds its widest column where the terminal ends, and loses nothing', () => {
    const text = '联系对方恢复后自动慢启动排队的逐步送达'.repeat(4);
    const folded = tableOf(['编号', '情况'], [['1', text]], 60);
    for (const line of folded.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(60);
    expect(folded.replaceAll(/[\s1编号情况]/g, '')).toBe(text.replaceAll(/[情况]/g, ''));
  });

  it('keeps its colours within their cell, also where it is folded', () => {
    const red = '\u001b[31m';
    const folded = tableOf(['编号', '情况', '末'], [['1', `${red}${'红'.repeat(40)}\u001b[39m`, '完']], 50).split('\n').slice(1);
    expect(folded.length).toBeGreaterThan(1);
    for (const line of folded) expect(line).toMatch(/\u001b\[31m红+\u001b\[39m/);
  });

  it('folds nothing where no terminal is', () => {
    expect(tableOf(['a'], [['x'.repeat(500)]], undefined).split('\n')).toHaveLength(2);
  });
});

describe('colours', () => {
  const colourOf = (env: Record<string, string>, isTTY: boolean, colour?: boolean): boolean =>
    new Output({ stdout: new Written({ isTTY }), stderr: new Written(), env }, { json: false, colour }).paint('bad', '坏') !== '坏';

  it('are for terminals, unless NO_COLOR is set, or somebody says otherwise', () => {
    expect(colourOf({}, true)).toBe(true);
    expect(colourOf({}, false)).toBe(false);
    expect(colourOf({ NO_COLOR: '1' }, true)).toBe(false);
    expect(colourOf({}, true, false)).toBe(false);
    expect(colourOf({}, false, true)).toBe(true);
  });
});
