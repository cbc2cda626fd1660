/**
 * Injection token of the small pool (`Kysely<LedgerTables>`) that operators' questions and the watch use: a ledger busy with messages
 * must not keep people from seeing that it is busy.
 */
export const OPS_POOL = Symbol('OPS_POOL');
