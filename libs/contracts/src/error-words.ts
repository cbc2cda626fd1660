/**
 * The four words for everything that can go wrong with a message. What each does to the message is in docs/error-model.md.
 *
 * - `retryable`: the destination could not take it now; back off and try again.
 * - `permanent`: the destination refused it; failed at once, no attempt is burnt.
 * - `invalid`: it cannot be read or breaks the contract; dead letter.
 * - `technical`: our own bug or an unknown error; tried a few times, then failed.
 */
export const ERROR_WORDS = ['retryable', 'permanent', 'invalid', 'technical'] as const;
export type ErrorWord = (typeof ERROR_WORDS)[number];
