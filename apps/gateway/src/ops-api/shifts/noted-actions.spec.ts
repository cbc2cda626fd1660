import { describe, expect, it } from '@jest/globals';
import { ACTIONS } from '../audit/action-words.ts';
import { NOTED_ACTIONS } from './noted-actions.ts';

/** Looks: for auditors alone. */
const LOOK = /(-seen|revealed)$/;
/** Steps of an operation on the way, of which the end is told; and commands that were refused. */
const NOT_TOLD = [
  'operation.frozen', 'operation.examined', 'operation.canary-passed', 'transfer.returned-by-operation',
  'operation.approve', 'operation.start', 'operation.pause', 'operation.resume', 'operation.cancel', 'operation.rate', 'operation.acknowledge',
];

describe('what a shift note tells of the records', () => {
  it('are actions that there are', () => {
    expect(NOTED_ACTIONS.filter((action) => ACTIONS[action] === undefined)).toEqual([]);
  });

  it('is everything that changes a transfer, an operation or a dead letter', () => {
    const changing = Object.keys(ACTIONS).filter((action) => /^(transfer|operation|dead-letter)\./.test(action) && !LOOK.test(action) && !NOT_TOLD.includes(action));
    expect(changing.filter((action) => !(NOTED_ACTIONS as readonly string[]).includes(action))).toEqual([]);
  });
});
