import { randomInt } from 'node:crypto';
import type { FieldProblem } from '#contracts';

const SHORTEST = 12;
export const LONGEST_PASSWORD = 128;
/** Without those that look alike. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';
const GROUPS = 5;
const GROUP_LENGTH = 4;

/** What is wrong with a new password, or `null`. Length is what counts (NIST SP 800-63B section 3.1.1.2): no kinds of characters are asked for. */
export function passwordProblem(field: string, password: string, name: string): FieldProblem | null {
  if ([...password].length < SHORTEST) {
    return { field, rule: 'minLength', zh: `至少 ${SHORTEST} 个字符；几个不相干的词连起来即可`, en: `must have at least ${SHORTEST} characters; a few unrelated words will do` };
  }
  if (password.toLowerCase().includes(name.toLowerCase())) {
    return { field, rule: 'notTheName', zh: '不得包含用户名', en: 'must not contain the name' };
  }
  return null;
}

/** A password for one use, easy to read aloud: 99 random bits. */
export function randomPassword(): string {
  const group = (): string => Array.from({ length: GROUP_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}
