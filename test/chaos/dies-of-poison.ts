import { DEADLY_FIELD, DIED_OF_POISON } from './deadly-mark.ts';

/**
 * Loaded before a program of the bridge (node --import): a body with the mark can be opened and parsed like any other, but the process ends at once when
 * its handler looks into it, as it would of a message that brings down native code or eats all memory.
 */
const parse = JSON.parse.bind(JSON);

const die = (): never => process.exit(DIED_OF_POISON);

JSON.parse = (text, reviver) => {
  const value: unknown = parse(text, reviver);
  const isDeadly = typeof value === 'object' && value !== null && Object.hasOwn(value, DEADLY_FIELD);
  return isDeadly ? new Proxy(value, { get: die, has: die, ownKeys: die }) : value;
};
