/** Field names that usually hold personal data, a secret or a whole message. Compared in lower case. */
const NEVER_LOGGED = new Set([
  'name', 'applicant', 'agent', 'relative', 'accountholder', 'legalrepresentative', 'operator', 'payee',
  'certno', 'certnumber', 'idcard', 'mobile', 'phone', 'tel', 'telephone', 'email', 'address',
  'accountno', 'unitaccountno', 'personalaccountno', 'bankaccount',
  'body', 'data', 'payload', 'content', 'password', 'secret', 'token', 'authorization', 'signature',
]);
const REDACTED = '[redacted]';
const MAX_DEPTH = 4;

/** A copy of a log object without the values of fields that usually hold personal data, at any depth. */
export function scrubFields(fields: Record<string, unknown>): Record<string, unknown> {
  return scrubObject(fields, 0);
}

function scrubObject(fields: object, depth: number): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]: [string, unknown]) => [key, NEVER_LOGGED.has(key.toLowerCase()) ? REDACTED : scrubValue(value, depth)]));
}

function scrubValue(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  if (value instanceof Error) return { type: value.name, message: value.message, stack: value.stack };
  if (Buffer.isBuffer(value)) return `[${value.length} bytes]`;
  if (depth >= MAX_DEPTH) return '[deeper]';
  return Array.isArray(value) ? value.slice(0, 20).map((item) => scrubValue(item, depth + 1)) : scrubObject(value, depth + 1);
}

/** 18-digit resident identity number (GB 11643) by its shape: region, a date of birth of 1900 to 2099, sequence and check character. */
const IDENTITY_NUMBER = /(?<![0-9A-Za-z])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx](?![0-9A-Za-z])/g;
/** Mobile number of the mainland: 11 digits that begin with 13 to 19. */
const MOBILE_NUMBER = /(?<![0-9A-Za-z])1[3-9]\d{9}(?![0-9A-Za-z])/g;

/** Masks identity and mobile numbers wherever they stand in a line of text. */
export function maskPersonalText(line: string): string {
  return line.replaceAll(IDENTITY_NUMBER, '[identity number]').replaceAll(MOBILE_NUMBER, '[mobile number]');
}
