import type { ColumnType } from 'kysely';

/** An instant: read as `Date`, written as `Date` or RFC 3339 text. */
export type Instant = ColumnType<Date, Date | string, Date | string>;
export type NullableInstant = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;
/** An instant the database fills in with the time of the transaction. */
export type RecordedAt = ColumnType<Date, Date | string | undefined, Date | string>;
