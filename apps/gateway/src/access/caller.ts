import { createParamDecorator } from '@nestjs/common';
import type { ExecutionContext } from '@nestjs/common';
import type { Right } from './rights.ts';

/** Who asks (操作人), proven by the guard. */
export interface Caller {
  /** `account:<id>`, `token:<id>` or `service:ops-token`: what the records name. */
  readonly id: string;
  /** The person who answers for it: an account and every token made for it are one person. Four eyes are two of these. */
  readonly person: string;
  /** As shown to others. */
  readonly name: string;
  readonly rights: ReadonlySet<Right>;
  /** The network address the request came from. */
  readonly address: string;
  /** The browser's session; tokens have none. */
  readonly session?: CallerSession;
}

/** The session a request came with. */
export interface CallerSession {
  readonly digest: Buffer;
  readonly accountId: string;
  readonly method: 'password' | 'oidc';
  readonly csrfToken: string;
  readonly expiresAt: Date;
  /** Nothing is open to this person but the change of the password. */
  readonly mustChangePassword: boolean;
}

/** What the guard looks at in a request, and puts into it. */
export interface CalledRequest {
  caller?: Caller;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly method: string;
  readonly ip: string;
}

/** Parameter of a route: the caller. */
export const Calling = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<CalledRequest>();
  if (caller === undefined) throw new Error('a route without the guard has no caller');
  return caller;
});
