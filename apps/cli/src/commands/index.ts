import { addAlerts } from './alerts.ts';
import { addCases } from './cases.ts';
import { addChannels } from './channels.ts';
import { addDeadLetters } from './dead-letters.ts';
import { addDoctor } from './doctor/doctor.ts';
import { addEvidence } from './evidence.ts';
import { addFailures } from './failures.ts';
import { addLogin } from './login.ts';
import { addOperations } from './operations.ts';
import { addQueues } from './queues.ts';
import { addReplay } from './replay.ts';
import { addRetryLadder } from './retry-ladder.ts';
import { addStatus } from './status.ts';
import type { AddCommand } from './tools.ts';
import { addTrace } from './trace.ts';

/** Every command, in the order in which the help lists them. */
export const COMMANDS: readonly AddCommand[] = [
  addStatus, addCases, addTrace, addAlerts, addFailures, addReplay, addOperations, addQueues, addChannels, addRetryLadder, addDeadLetters, addEvidence,
  addDoctor, addLogin,
];
