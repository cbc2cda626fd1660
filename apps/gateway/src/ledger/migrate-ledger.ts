import { Migrator } from 'kysely/migration';
import type { Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import { ledger } from './migrations/0001-ledger.ts';
import { watch } from './migrations/0002-watch.ts';
import { canary } from './migrations/0003-canary.ts';
import { brokerSight } from './migrations/0004-broker-sight.ts';
import { secondLooks } from './migrations/0005-second-looks.ts';
import { sealedColumns } from './migrations/0006-sealed-columns.ts';
import { access } from './migrations/0007-access.ts';
import { evidence } from './migrations/0008-evidence.ts';
import { failures } from './migrations/0009-failures.ts';
import { operations } from './migrations/0010-operations.ts';
import { revisions } from './migrations/0011-revisions.ts';
import { channels } from './migrations/0012-channels.ts';
import { deadLetterVerbs } from './migrations/0013-dead-letter-verbs.ts';
import { messageEvidence } from './migrations/0014-message-evidence.ts';
import { opsQuestions } from './migrations/0015-ops-questions.ts';
import { accessLimits } from './migrations/0016-access-limits.ts';
import { revisionEvidence } from './migrations/0017-revision-evidence.ts';
import { operationsAtWork } from './migrations/0018-operations-at-work.ts';
import { duty } from './migrations/0019-duty.ts';
import { searchAndReconciliation } from './migrations/0020-search-and-reconciliation.ts';
import { lettersAndKeys } from './migrations/0021-letters-and-keys.ts';
import { operationEnds } from './migrations/0022-operation-ends.ts';
import { channelSettings } from './migrations/0023-channel-settings.ts';
import { caseEvidence } from './migrations/0024-case-evidence.ts';
import type { LedgerTables } from './tables.ts';

/** Forward only, in this order for ever: a migration that has run anywhere is never edited. */
const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-ledger': ledger,
  '0002-watch': watch,
  '0003-canary': canary,
  '0004-broker-sight': brokerSight,
  '0005-second-looks': secondLooks,
  '0006-sealed-columns': sealedColumns,
  '0007-access': access,
  '0008-evidence': evidence,
  '0009-failures': failures,
  '0010-operations': operations,
  '0011-revisions': revisions,
  '0012-channels': channels,
  '0013-dead-letter-verbs': deadLetterVerbs,
  '0014-message-evidence': messageEvidence,
  '0015-ops-questions': opsQuestions,
  '0016-access-limits': accessLimits,
  '0017-revision-evidence': revisionEvidence,
  '0018-operations-at-work': operationsAtWork,
  '0019-duty': duty,
  '0020-search-and-reconciliation': searchAndReconciliation,
  '0021-letters-and-keys': lettersAndKeys,
  '0022-operation-ends': operationEnds,
  '0023-channel-settings': channelSettings,
  '0024-case-evidence': caseEvidence,
};

/**
 * Brings the ledger to the newest shape and says which migrations ran. All of them run in one transaction under the migrator's
 * own advisory lock, so several gateways may start at once. Throws what the database said when one fails; nothing is then changed.
 */
export async function migrateLedger(db: Kysely<LedgerTables>): Promise<string[]> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
    migrationTableName: 'ledger_migrations',
    migrationLockTableName: 'ledger_migrations_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('the ledger could not be migrated', { cause: error });
  return (results ?? []).filter((result) => result.status === 'Success').map((result) => result.migrationName);
}
