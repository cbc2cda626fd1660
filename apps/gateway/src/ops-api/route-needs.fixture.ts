import type { Need } from '../access/needs.ts';
import type { Role } from '../access/rights.ts';

/**
 * What every route of the ops API asks for, by its operation id: written by hand and compared with what the server does. Who adds a route decides
 * here, in view of everybody, who may use it.
 */
export const ROUTE_NEEDS: Readonly<Record<string, Need>> = {
  getLogInMethods: 'nothing',
  logIn: 'nothing',
  startOidcLogIn: 'nothing',
  finishOidcLogIn: 'nothing',

  getSession: 'login',
  logOut: 'login',
  changeOwnPassword: 'login',
  listApiTokens: 'login',
  makeApiToken: 'login',
  revokeApiToken: 'login',

  listAccounts: 'manage-access',
  getAccount: 'manage-access',
  createAccount: 'manage-access',
  changeAccountRoles: 'manage-access',
  disableAccount: 'manage-access',
  enableAccount: 'manage-access',
  unlockAccount: 'manage-access',
  resetAccountPassword: 'manage-access',

  listCases: 'see-metadata',
  getCase: 'see-metadata',
  searchCasesByIdentity: 'see-metadata',
  listTransfers: 'see-metadata',
  getTransfer: 'see-metadata',
  listRefusals: 'see-metadata',
  listWaitingEvents: 'see-metadata',
  listDeadLetters: 'see-metadata',
  getDeadLetter: 'see-metadata',
  getDeadLetterBody: 'see-bodies',
  getSummary: 'see-metadata',
  getMetrics: 'see-metadata',
  listAlerts: 'see-metadata',
  watchLive: 'see-metadata',
  listCircuits: 'see-metadata',
  listCircuitChanges: 'see-metadata',
  listEdgeInstances: 'see-metadata',
  listQueues: 'see-metadata',
  getQueue: 'see-metadata',
  getRetryLadder: 'see-metadata',
  listChannels: 'see-metadata',
  getChannel: 'see-metadata',
  listFailureGroups: 'see-metadata',
  getFailureGroup: 'see-metadata',
  listOperations: 'see-metadata',
  getOperation: 'see-metadata',
  listOperationItems: 'see-metadata',

  replayTransfer: 'replay',
  discardTransfer: 'discard',
  replayDeadLetter: 'replay',
  repairDeadLetter: 'edit',
  discardDeadLetter: 'discard',
  createOperation: 'replay',
  startOperation: 'replay',
  pauseOperation: 'replay',
  resumeOperation: 'replay',
  cancelOperation: 'replay',
  changeOperationRate: 'replay',
  approveOperation: 'approve',
  changeFailureGroup: 'manage-failures',
  pauseChannel: 'pause-channels',
  resumeChannel: 'pause-channels',

  listActions: 'see-audit',
  getEvidenceHead: 'see-audit',
  exportEvidence: 'see-audit',

  getTransferBody: 'see-bodies',
  getEventBody: 'see-bodies',
  revealTransfer: 'reveal-personal',
  revealEvent: 'reveal-personal',
  getReveal: 'reveal-personal',
};

/** Who may, by role: beside `ROLES` on purpose, so that a right that moves to another role is seen twice. */
export const WHO_MAY: Readonly<Record<Exclude<Need, 'nothing' | 'login'>, readonly (Role | 'OPS_TOKEN')[]>> = {
  'see-metadata': ['viewer', 'operator', 'supervisor', 'auditor', 'administrator', 'OPS_TOKEN'],
  'see-bodies': ['operator', 'supervisor'],
  'reveal-personal': ['supervisor'],
  replay: ['operator', 'supervisor'],
  edit: ['supervisor'],
  discard: ['supervisor'],
  approve: ['supervisor'],
  'manage-failures': ['operator', 'supervisor'],
  'pause-channels': ['operator', 'supervisor'],
  'see-audit': ['auditor'],
  'manage-access': ['administrator'],
};
