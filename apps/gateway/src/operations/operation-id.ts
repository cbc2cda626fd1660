import { randomBytes } from 'node:crypto';

/** A new operation's id. */
export function newOperationId(): string {
  return `op_${randomBytes(12).toString('base64url')}`;
}
