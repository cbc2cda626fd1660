import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Kysely } from 'kysely';
import { ACCESS_PROVIDERS } from '../access/access-providers.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { PublishOrders } from '../dispatch/publish-orders.ts';
import { Contacts } from '../failures/contacts.ts';
import { GatewayConfig } from '../gateway.config.ts';
import { DedupeWindows } from '../operations/dedupe-windows.ts';
import { OPS_POOL } from '../ops-pool.token.ts';
import { SendLetters } from '../reports/send-letters.ts';
import { QueueFigures } from '../watch/queue-figures.ts';
import { AccountsController } from './accounts/accounts.controller.ts';
import { ChangeAccount } from './accounts/change-account.ts';
import { CreateAccount } from './accounts/create-account.ts';
import { AlertActions } from './alerts/alert-actions.ts';
import { AlertsController } from './alerts/alerts.controller.ts';
import { ApiTokensController } from './api-tokens/api-tokens.controller.ts';
import { MakeApiToken } from './api-tokens/make-api-token.ts';
import { RevokeApiToken } from './api-tokens/revoke-api-token.ts';
import { AuditController } from './audit/audit.controller.ts';
import { EditRevealController } from './bodies/edit-reveal.controller.ts';
import { EventBodyController } from './bodies/event-body.controller.ts';
import { MessageBodies } from './bodies/message-bodies.ts';
import { RevealsController } from './bodies/reveals.controller.ts';
import { TransferBodyController } from './bodies/transfer-body.controller.ts';
import { CasesController } from './cases/cases.controller.ts';
import { SearchByIdentity } from './cases/search-by-identity.ts';
import { ChannelActions } from './channels/channel-actions.ts';
import { ChannelSettingsController } from './channels/channel-settings.controller.ts';
import { SetChannel } from './channels/channel-settings.ts';
import { ChannelsController } from './channels/channels.controller.ts';
import { CircuitChangesController } from './circuits/circuit-changes.controller.ts';
import { CircuitsController } from './circuits/circuits.controller.ts';
import { ActOnLetter } from './dead-letters/act-on-letter.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { DoctorController } from './doctor/doctor.controller.ts';
import { ExamineGateway } from './doctor/examine-gateway.ts';
import { ChangeFailureGroup } from './failure-groups/change-failure-group.ts';
import { FailureGroupsController } from './failure-groups/failure-groups.controller.ts';
import { EdgeInstancesController } from './edge-instances/edge-instances.controller.ts';
import { CaseEvidenceController } from './evidence/case-evidence.controller.ts';
import { EvidenceController } from './evidence/evidence.controller.ts';
import { RunningExports } from './evidence/running-exports.ts';
import { DuplicatesController } from './duplicates/duplicates.controller.ts';
import { ExportsController } from './exports/exports.controller.ts';
import { ForecastController } from './forecast/forecast.controller.ts';
import { ChannelResponsesController } from './connections/channel-responses.controller.ts';
import { ConnectionsController } from './connections/connections.controller.ts';
import { TestConnection } from './connections/test-connection.ts';
import { LiveController } from './live/live.controller.ts';
import { LiveFeed } from './live/live-feed.ts';
import { ReadLiveState } from './live/read-live-state.ts';
import { MaintenanceActions } from './maintenance/maintenance-actions.ts';
import { MaintenanceController } from './maintenance/maintenance.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { OpsLedger } from './ops-ledger.ts';
import { ProblemFilter } from './problems/problem.filter.ts';
import { OperationActions } from './operations/operation-actions.ts';
import { OperationsController } from './operations/operations.controller.ts';
import { QueueTrend } from './queues/queue-trend.ts';
import { MeasureForScrape } from './queues/measure-for-scrape.ts';
import { ReadQueues } from './queues/read-queues.ts';
import { QueuesController } from './queues/queues.controller.ts';
import { TimerQueues } from './queues/timer-queues.ts';
import { ReconciliationController } from './reconciliation/reconciliation.controller.ts';
import { SettleDay } from './reconciliation/settle-day.ts';
import { RefusalsController } from './refusals/refusals.controller.ts';
import { EditActions } from './revisions/edit-actions.ts';
import { MappingController } from './revisions/mapping.controller.ts';
import { PendingEditsController } from './revisions/pending-edits.controller.ts';
import { RevisionsController } from './revisions/revisions.controller.ts';
import { RetryLadderController } from './retry-ladder/retry-ladder.controller.ts';
import { KeepView } from './saved-views/keep-view.ts';
import { SavedViewsController } from './saved-views/saved-views.controller.ts';
import { OidcController } from './session/oidc.controller.ts';
import { SessionController } from './session/session.controller.ts';
import { Shifts } from './shifts/shifts.ts';
import { ShiftsController } from './shifts/shifts.controller.ts';
import { SummaryController } from './summary/summary.controller.ts';
import { TransferActions } from './transfers/transfer-actions.ts';
import { TransfersController } from './transfers/transfers.controller.ts';
import { WaitingEventsController } from './waiting-events/waiting-events.controller.ts';

/**
 * What operators ask over HTTP. The gateway's own providers `OPS_POOL`, `BusInspector`, `KeyRing`, `GatewayConfig` and `LOGGER` must be visible here; a token that is
 * missing or too short stops the start with a `ConfigError`.
 */
@Module({
  controllers: [
    LiveController, DoctorController,
    CasesController, TransfersController, RevisionsController, PendingEditsController, OperationsController, RefusalsController, WaitingEventsController, DeadLettersController, SummaryController, MetricsController,
    ExportsController, DuplicatesController, SavedViewsController, ReconciliationController, ConnectionsController, ChannelResponsesController,
    ForecastController, MaintenanceController, ShiftsController,
    AlertsController, FailureGroupsController, CircuitsController, CircuitChangesController, EdgeInstancesController, QueuesController, ChannelsController, ChannelSettingsController, RetryLadderController,
    AuditController, EvidenceController, CaseEvidenceController, TransferBodyController, EventBodyController, EditRevealController, MappingController, RevealsController, SessionController, OidcController, AccountsController, ApiTokensController,
  ],
  providers: [
    ReadQueues, MeasureForScrape, ReadLiveState, LiveFeed, ExamineGateway,
    MessageBodies,
    { provide: RunningExports, useFactory: () => new RunningExports() },
    { provide: OpsLedger, inject: [OPS_POOL], useFactory: (db: Kysely<LedgerTables>) => new OpsLedger(db) },
    { provide: DedupeWindows, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => DedupeWindows.fromConfig(config) },
    PublishOrders, TransferActions, EditActions, OperationActions,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: Contacts, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => Contacts.fromConfig(config) },
    KeepView, SettleDay, TestConnection,
    ChangeFailureGroup, ActOnLetter, SendLetters,
    AlertActions, MaintenanceActions, Shifts,
    ...ACCESS_PROVIDERS, CreateAccount, ChangeAccount, SearchByIdentity, MakeApiToken, RevokeApiToken, QueueFigures, QueueTrend, TimerQueues, ChannelActions, SetChannel,
  ],
})
export class OpsApiModule {}
