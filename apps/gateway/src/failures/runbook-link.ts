import type { FailureClass } from './failure-class.ts';

/** Where docs/failures.md tells what to do about an error code: the headings there are the codes. */
const SECTIONS: readonly (readonly [RegExp, string])[] = [
  [/^http-40[13]$/, 'http-401'],
  [/^http-(?:404|405|410|413|415)$/, 'http-404'],
  [/^http-(?:400|422)$/, 'http-422'],
  [/^http-409$/, 'http-409'],
  [/^(?:not-translatable|contract-broken)$/, 'not-translatable'],
  [/^http-(?:5\d\d|408|425|429)$/, 'http-503'],
  [/^(?:connection-refused|host-unreachable|dns|timeout-.*|reset-.*|not-http)$/, 'connection-refused'],
  [/^tls-/, 'tls'],
  [/^endpoint-unknown$/, 'endpoint-unknown'],
  [/^(?:unreadable|order-unreadable|kills-its-process)$/, 'unreadable'],
];

/** Where nothing is written of the code itself. */
const BY_CLASS: Readonly<Record<FailureClass, string>> = { ours: 'class-ours', hall: 'class-hall', centre: 'class-centre', data: 'class-data' };

/** The page that says what to do about failures of this code. `base` is the address of the page as a deployment serves it. */
export function runbookLink(base: string, errorCode: string | null, failureClass: FailureClass): string {
  return `${base}#${runbookSection(errorCode, failureClass)}`;
}

/** The section of docs/failures.md. */
export function runbookSection(errorCode: string | null, failureClass: FailureClass): string {
  const code = errorCode?.replace(/^verify-/, '') ?? '';
  return SECTIONS.find(([codes]) => codes.test(code))?.[1] ?? BY_CLASS[failureClass];
}
