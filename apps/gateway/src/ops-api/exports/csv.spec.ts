import { describe, expect, it } from '@jest/globals';
import { csvLine } from './csv.ts';

describe('a line of CSV', () => {
  it.each([
    [['KF-1', '测**', 3, true, null], 'KF-1,测**,3,是,\r\n'],
    [['a,b', 'say "no"', 'two\nlines'], '"a,b","say ""no""","two\nlines"\r\n'],
  ])('writes %j as %j', (cells, line) => {
    expect(csvLine(cells)).toBe(line);
  });

  it.each(['=1+1', '+86', '-2', '@SUM(A1)', '\t=1', '\r=1', '＝1+1'])('lets no spreadsheet carry out %j', (cell) => {
    expect(csvLine([cell])).toMatch(/^"?'/);
  });

  it('leaves numbers as they are', () => {
    expect(csvLine([-5])).toBe('-5\r\n');
  });
});
