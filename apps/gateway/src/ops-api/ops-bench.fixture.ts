import { KeyRing } from '#runtime';
import type { Kysely } from 'kysely';
import type { GatewayConfig } from '../gateway.config.ts';
import { migrateLedger } from '../ledger/migrate-ledger.ts';
import { openLedger } from '../ledger/open-ledger.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { startOpsServer } from './ops-server.fixture.ts';
import type { OpsServer } from './ops-server.fixture.ts';

/** A migrated ledger and the ops API over it. */
export interface OpsBench {
  readonly db: Kysely<LedgerTables>;
  readonly keys: KeyRing;
  readonly server: OpsServer;
  close(): Promise<void>;
}

export async function openBench(databaseUrl: string, settings: Partial<GatewayConfig> = {}): Promise<OpsBench> {
  const db = openLedger({ url: databaseUrl, poolSize: 4, statementTimeoutMs: 10_000, onConnectionLost: () => undefined });
  await migrateLedger(db);
  const keys = KeyRing.fromJson(KeyRing.generateJson());
  const server = await startOpsServer(db, keys, undefined, settings);
  return {
    db, keys, server,
    close: async () => {
      await server.close();
      await db.destroy();
    },
  };
}
