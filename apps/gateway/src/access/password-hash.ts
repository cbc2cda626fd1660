import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** What a hash costs (RFC 7914): 2^logN blocks of 128·r bytes, p times over. */
interface Cost {
  readonly logN: number;
  readonly r: number;
  readonly p: number;
}

/** 32 MiB and about a fifth of a second: what OWASP names as equal to 128 MiB once, with less memory per login. */
const COST: Cost = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const FORM = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([A-Za-z0-9_-]+)\$([A-Za-z0-9_-]+)$/;
/** No password has this hash: comparing with it takes as long as with any. */
const NOBODYS = formOf(COST, Buffer.alloc(SALT_BYTES), Buffer.alloc(HASH_BYTES));

/** The password as the ledger keeps it, with all that is needed to compare: `$scrypt$ln=…,r=…,p=…$salt$hash`. Expensive on purpose: see `HashQueue`. */
export async function hashPassword(password: string, cost: Cost = COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return formOf(cost, salt, await derive(password, salt, cost));
}

/** Whether this is the password. Takes as long when there is nothing to compare with (`null`). Throws when the ledger holds something else than a hash. */
export async function isPassword(password: string, stored: string | null): Promise<boolean> {
  const [, logN, r, p, salt = '', hash = ''] = FORM.exec(stored ?? NOBODYS) ?? [];
  if (hash === '') throw new Error('a kept password has an unknown form');
  const expected = Buffer.from(hash, 'base64url');
  const derived = await derive(password, Buffer.from(salt, 'base64url'), { logN: Number(logN), r: Number(r), p: Number(p) });
  return timingSafeEqual(derived, expected) && stored !== null;
}

function formOf({ logN, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return `$scrypt$ln=${logN},r=${r},p=${p}$${salt.toString('base64url')}$${hash.toString('base64url')}`;
}

/** One keyboard's form of a character is as good as another's. */
function derive(password: string, salt: Buffer, { logN, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** logN;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, { N, r, p, maxmem: 2 * 128 * N * r }, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}
