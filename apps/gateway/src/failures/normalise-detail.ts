/** Stands where something differs from failure to failure. */
export const VARIABLE = '<*>';
/** Stands where the field of the contract is named: it has its own place in the signature. */
export const FIELD = '<字段>';

const LONGEST = 1_000;
const TLD = 'cn|com|net|org|gov|edu|local|localdomain|internal|intranet|lan|test|example|invalid';
const LABEL = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';

/**
 * What differs from failure to failure, in the order in which it is looked for: what is made of other things (addresses, times) before what
 * it is made of (words with digits in them, numbers). All of it becomes the one {@link VARIABLE}: a digest may by chance be all digits, and a
 * host a name now and an address then.
 */
const VARIABLES: readonly RegExp[] = [
  // addresses: URLs, IPv4, IPv6, host names, name:port
  /[a-z][a-z0-9+.-]*:\/\/[^\s，。；、“”（）<>"']+/gi,
  /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\w.])/g,
  new RegExp(`(?<![\\w.-])(?:${LABEL}\\.)+(?:${TLD})\\.?(?::\\d{1,5})?(?![\\w-])`, 'gi'),
  /(?<![\w.-])(?!data\b)(?:[a-z0-9-]+\.){2,}[a-z0-9-]+(?::\d{1,5})?(?![\w.-])/g,
  /(?<![\w.])localhost(?::\d{1,5})?(?!\w)/gi,
  // times
  /(?<![\w-])\d{4}[-/]\d{1,2}[-/]\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?(?!\w)/g,
  /\d{4}年\d{1,2}月\d{1,2}日(?: ?\d{1,2}[:时]\d{1,2}(?:[:分]\d{1,2}秒?)?分?)?/g,
  /(?<![\w:])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?![\w:])/g,
  /(?<![\w:])\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}\]?(?::\d{1,5})?(?![\w:])/gi,
  /(?<![\w.-])[a-z][\w.-]*:\d{2,5}(?!\w)/gi,
  // long words that are no words: digests and tokens in base64
  /(?<![\w+/=])(?=[\w+/-]*[A-Z\d])(?=[\w+/-]*[a-z\d])[\w+/-]{20,}={0,2}(?![\w+/=])/g,
  /(?<![\w-])[0-9a-f]{8,}(?![\w-])/gi,
  // everything with a digit in it: numbers, amounts, ids of all kinds
  /(?<![\w-])[+-]?\d+(?:[.,]\d+)*%?(?![\w-])/g,
  /(?<![\w-])(?=[\w-]*\d)[\w-]+/g,
];

/**
 * The text of a detail without what differs from failure to failure: ids, numbers, times, digests, addresses. No digit is left, so nothing
 * personal that is a number can be.
 */
export function normaliseDetail(detail: string, field: string | null): string {
  const text = detail.slice(0, LONGEST).replaceAll(/\s+/g, ' ').trim();
  const named = field === null ? text : text.replaceAll(field, FIELD);
  const plain = VARIABLES.reduce((rest, variable) => rest.replaceAll(variable, VARIABLE), named);
  return plain.replaceAll(/\d+/g, VARIABLE).replaceAll(/<\*>(?:[.:/,_ -]?<\*>)+/g, VARIABLE);
}
