/** The types that a column of rows may travel as. */
export type ColumnKind = 'text' | 'int' | 'bigint' | 'boolean' | 'timestamptz' | 'jsonb' | 'bytea';

/** How an element of one type is written. */
interface ElementForm<Ready> {
  /** PostgreSQL's number of the type. */
  readonly oid: number;
  /** The value as it is measured and written; throws when it is none of this type. */
  readonly ready: (value: unknown) => Ready;
  /** The most bytes that it may take. */
  readonly most: (ready: Ready) => number;
  /** Writes it, and says where it ends. */
  readonly write: (into: Buffer, ready: Ready, at: number) => number;
}

const INT_LIMIT = 2 ** 31;
/** A `number` is exact up to here; so are the ledger's counters. */
const BIGINT_LIMIT = 2 ** 53;
const HIGH_WORD = 2 ** 32;
/** PostgreSQL counts microseconds from the year 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
/** An instant with its offset; its decimals stand apart, for no `Date` holds more than three. */
const INSTANT = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;
const JSONB_VERSION = 1;
/** UTF-8 has at most so many bytes for each unit of a string. */
const MOST_PER_UNIT = 3;
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NO_VALUE = -1;

const FORMS: { readonly [Kind in ColumnKind]: (values: readonly unknown[]) => Buffer } = {
  text: written({ oid: 25, ready: text, most: (ready) => ready.length * MOST_PER_UNIT, write: writeText }),
  int: written({ oid: 23, ready: (value) => integer(value, INT_LIMIT), most: () => 4, write: (into, ready, at) => into.writeInt32BE(ready, at) }),
  bigint: written({ oid: 20, ready: (value) => integer(value, BIGINT_LIMIT), most: () => 8, write: writeBigint }),
  boolean: written({ oid: 16, ready: truth, most: () => 1, write: (into, ready, at) => into.writeUInt8(ready ? 1 : 0, at) }),
  timestamptz: written({ oid: 1184, ready: microseconds, most: () => 8, write: writeBigint }),
  jsonb: written({
    oid: 3802, ready: json, most: (ready) => 1 + ready.length * MOST_PER_UNIT,
    write: (into, ready, at) => writeText(into, ready, into.writeUInt8(JSONB_VERSION, at)),
  }),
  bytea: written({ oid: 17, ready: bytes, most: (ready) => ready.length, write: (into, ready, at) => at + ready.copy(into, at) }),
};

/**
 * An array parameter in PostgreSQL's binary form, which neither side has to write out, escape and read again: of sealed bytes in hexadecimal
 * there are four for each one on the way. Null and undefined are null. Throws a TypeError for a value that the type does not have; its text
 * never quotes the value.
 */
export function binaryArray(values: readonly unknown[], kind: ColumnKind): Buffer {
  return FORMS[kind](values);
}

function written<Ready>(form: ElementForm<Ready>): (values: readonly unknown[]) => Buffer {
  return (values) => {
    const ready = values.map((value) => (value === null || value === undefined ? null : form.ready(value)));
    const room = ready.reduce<number>((sum, value) => sum + LENGTH_BYTES + (value === null ? 0 : form.most(value)), HEADER_BYTES);
    const array = Buffer.allocUnsafe(room);
    let end = writeHeader(array, form.oid, ready.length, ready.includes(null));
    for (const value of ready) end = writeElement(array, form, value, end);
    return array.subarray(0, end);
  };
}

/** Dimensions, whether there are nulls, type of the elements; then of the one dimension its length and the index it begins with. */
function writeHeader(into: Buffer, oid: number, length: number, hasNull: boolean): number {
  let at = into.writeInt32BE(1, 0);
  at = into.writeInt32BE(hasNull ? 1 : 0, at);
  at = into.writeInt32BE(oid, at);
  at = into.writeInt32BE(length, at);
  return into.writeInt32BE(1, at);
}

function writeElement<Ready>(into: Buffer, form: ElementForm<Ready>, value: Ready | null, at: number): number {
  const start = at + LENGTH_BYTES;
  if (value === null) return into.writeInt32BE(NO_VALUE, at);
  const end = form.write(into, value, start);
  into.writeInt32BE(end - start, at);
  return end;
}

function writeText(into: Buffer, value: string, at: number): number {
  return at + into.write(value, at);
}

function writeBigint(into: Buffer, value: number, at: number): number {
  const high = Math.floor(value / HIGH_WORD);
  return into.writeUInt32BE(value - high * HIGH_WORD, into.writeInt32BE(high, at));
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError(`a column of texts was given a ${typeof value}`);
  return value;
}

function json(value: unknown): string {
  const written = JSON.stringify(value) as string | undefined;
  if (written === undefined) throw new TypeError(`a column of JSON was given a ${typeof value}`);
  return written;
}

function integer(value: unknown, limit: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < -limit || value >= limit) {
    throw new TypeError('a column of whole numbers was given something else, or a number that it cannot hold');
  }
  return value;
}

function truth(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new TypeError(`a column of truth values was given a ${typeof value}`);
  return value;
}

function bytes(value: unknown): Buffer {
  if (!Buffer.isBuffer(value)) throw new TypeError(`a column of bytes was given a ${typeof value}`);
  return value;
}

function microseconds(value: unknown): number {
  const micros = value instanceof Date ? (value.getTime() - EPOCH_MS) * 1_000 : microsecondsOfText(value);
  if (!Number.isSafeInteger(micros)) throw new TypeError('a column of instants was given something that is none');
  return micros;
}

/** To the microsecond, as PostgreSQL reads it: senders may write more decimals than a `Date` holds. */
function microsecondsOfText(value: unknown): number {
  const [, second = '', decimals = '0', offset = ''] = INSTANT.exec(typeof value === 'string' ? value : '') ?? [];
  const micros = roundHalfToEven(Number(`0.${decimals}`) * 1_000_000);
  return (Date.parse(`${second}${offset}`) - EPOCH_MS) * 1_000 + micros;
}

function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
