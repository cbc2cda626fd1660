/** The field of a body that ends the process of whoever looks into it, with this exit code; {@link file://./dies-of-poison.ts} sees to that. */
export const DEADLY_FIELD = 'chaosDeadly';
export const DIED_OF_POISON = 86;
