import { addAccounts } from './accounts.ts';
import { addAlerts } from './alerts.ts';
import { addAudit } from './audit.ts';
import { addCases } from './cases.ts';
import { addChannels } from './channels.ts';
import { addCircuits } from './circuits.ts';
import { addConnections } from './connections.ts';
import { addDeadLetters } from './dead-letters.ts';
import { addDoctor } from './doctor/doctor.ts';
import { addEdit } from './edit.ts';
import { addEvidence } from './evidence.ts';
import { addExport } from './export.ts';
import { addFailures } from './failures.ts';
import { addLogin } from './login.ts';
import { addMaintenance } from './maintenance.ts';
import { addMapping } from './mapping.ts';
import { addOperations } from './operations.ts';
import { addPerson } from './person.ts';
import { addQueues } from './queues.ts';
import { addReconcile } from './reconcile.ts';
import { addReplay } from './replay.ts';
import { addRetryLadder } from './retry-ladder.ts';
import { addReturn } from './return.ts';
import { addShift } from './shift.ts';
import { addStatus } from './status.ts';
import { addTokens } from './tokens.ts';
import type { AddCommand } from './tools.ts';
import { addTrace } from './trace.ts';
import { addTransfers } from './transfers.ts';
import { addViews } from './views.ts';

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly AddCommand[] = [
  addStatus, addCases, addTransfers, addPerson, addTrace, addAlerts, addMaintenance, addShift, addReconcile, addViews, addExport, addFailures, addReplay, addOperations, addEdit, addReturn, addMapping,
  addQueues, addChannels, addCircuits, addConnections, addRetryLadder, addDeadLetters, addAudit, addEvidence,
  addDoctor, addLogin, addAccounts, addTokens,
];
