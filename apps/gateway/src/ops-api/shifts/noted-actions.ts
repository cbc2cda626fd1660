/**
 * What a shift note tells of the records: what was done about messages, failures, channels and alerts, and whose account came into another's hands: who makes
 * accounts could be several people, and the others should see it. Who logged in, looked at what or revealed what is for auditors alone.
 */
export const NOTED_ACTIONS = [
  'transfer.replayed', 'transfer.discarded', 'transfer.edited', 'transfer.returned', 'transfer.return-taken-back', 'transfer.delivered-late',
  'transfer.edit-proposed', 'transfer.edit-approved', 'transfer.edit-rejected', 'transfer.edit-superseded',
  'operation.created', 'operation.approved', 'operation.started', 'operation.paused', 'operation.resumed', 'operation.cancelled', 'operation.rate-changed', 'operation.finished', 'operation.aborted', 'operation.acknowledged',
  'dead-letter.replayed', 'dead-letter.repaired', 'dead-letter.discarded', 'dead-letter.came-back',
  'failure-group.changed', 'channel.paused', 'channel.resumed', 'channel.settings-changed', 'alert.acknowledged', 'alert.muted', 'alert.unmuted',
  'account.created', 'account.roles-changed', 'account.password-reset',
  'maintenance.planned', 'maintenance.changed', 'maintenance.cancelled', 'maintenance.started', 'maintenance.ended', 'reconciliation.signed-off', 'shift.signed',
] as const;
