/**
 * The canary (拨测): a case that nobody applied for, sent round each hall's whole path to see that the path works. It takes every road of a
 * real case, but receivers keep it in a sandbox. What is a canary is said by its project number, and nothing else: the attribute `canary`,
 * the operator and the header of a delivery must agree with it, so neither can a real case pass as a canary nor a canary as a real case.
 */
const CANARY_PREFIX = 'CANARY-';

/**
 * The 办理人 of every canary at every hall, and of nothing else: a permission granted to it (收件权限) opens no real case, and a case that a
 * clerk received cannot be made a canary.
 */
export const CANARY_OPERATOR = 'jiujin-canary';

/** HTTP header of a delivery that belongs into the receiver's sandbox; its value is `1`. */
export const CANARY_HEADER = 'x-jiujin-canary';

/** Whether a project number is a canary's. */
export function isCanary(projectNo: string): boolean {
  return projectNo.startsWith(CANARY_PREFIX);
}

/** The project number of a hall's canary of this moment (milliseconds since 1970). */
export function canaryNumber(hallCode: string, at: number): string {
  return `${CANARY_PREFIX}${hallCode}-${at.toString(36)}`;
}

/** Whether an event's attribute and its project number say two different things. An event without a case is no canary. */
export function isCanaryMixture({ subject, canary }: { readonly subject?: unknown; readonly canary?: unknown }): boolean {
  return (canary === true) !== (typeof subject === 'string' && isCanary(subject));
}
