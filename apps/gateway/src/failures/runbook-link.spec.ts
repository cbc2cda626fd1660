import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FAILURE_CLASSES } from './failure-class.ts';
import type { FailureClass } from './failure-class.ts';
import { runbookLink, runbookSection } from './runbook-link.ts';

const HEADINGS = new Set([...readFileSync(new URL('../../../../docs/failures.md', import.meta.url), 'utf8').matchAll(/^### (.+)$/gm)].map(([, title]) => title));
const CODES = [
  'http-400', 'http-401', 'http-403', 'http-404', 'http-405', 'http-408', 'http-409', 'http-410', 'http-413', 'http-415', 'http-422', 'http-425', 'http-429', 'http-500', 'http-503',
  'connection-refused', 'host-unreachable', 'dns', 'timeout-before-send', 'timeout-after-send', 'reset-after-send', 'not-http', 'tls-expired', 'tls-untrusted', 'tls-wrong-host',
  'tls-failed', 'endpoint-unknown', 'unknown', 'not-translatable', 'unreadable', 'order-unreadable', 'kills-its-process', 'verify-http-500', 'verify-timeout-after-send', null,
];

describe('the link into the page on failures', () => {
  it('leads to a section that is there, for every code and class', () => {
    const sections = CODES.flatMap((code) => (Object.keys(FAILURE_CLASSES) as FailureClass[]).map((whose) => runbookSection(code, whose)));
    expect([...new Set(sections)].filter((section) => !HEADINGS.has(section))).toEqual([]);
  });

  it('is of the code, else of whose it is, on the page as the deployment serves it', () => {
    expect(runbookLink('https://wiki.test/failures', 'verify-http-503', 'hall')).toBe('https://wiki.test/failures#http-503');
    expect(runbookLink('docs/failures.md', 'unknown', 'ours')).toBe('docs/failures.md#class-ours');
  });
});
