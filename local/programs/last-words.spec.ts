import { describe, expect, it } from '@jest/globals';
import { lastWords } from './last-words.ts';

describe('the last words of a program', () => {
  it('are the message of its last fatal line, without the rest of the line', () => {
    const log = '{"level":"warn","msg":"a"}\n{"level":"fatal","msg":"先 / first"}\n{"level":"fatal","event":"start-failed","msg":"再 / then"}\n{"level":"info","msg":"b"}\n';
    expect(lastWords(log, 'exit code 1')).toBe('再 / then');
  });

  it('are the error that Node printed, not its stack', () => {
    const log = 'node:internal/x:1\n  throw y;\n  ^\n\nError [ERR_MODULE_NOT_FOUND]: Cannot find module z\n    at a (b:1:2)\n  code: 1\n\nNode.js v24.21.0\n';
    expect(lastWords(log, 'exit code 1')).toBe('意外结束（exit code 1）：Error [ERR_MODULE_NOT_FOUND]: Cannot find module z');
  });

  it('are the last plain line of a program that logs no JSON, and none when it said nothing', () => {
    expect(lastWords('{"ready":true}\nKEYS_FILE: wrong\n', 'exit code 1')).toBe('意外结束（exit code 1）：KEYS_FILE: wrong');
    expect(lastWords('{"level":"info","msg":"x"}\n', 'signal SIGKILL')).toBeNull();
  });
});
