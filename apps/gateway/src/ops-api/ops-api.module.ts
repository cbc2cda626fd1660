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
import { AlertsController } from './alerts/alerts.controller.ts';
import { ApiTokensController } from './api-tokens/api-tokens.controller.ts';
import { MakeApiToken } from './api-tokens/make-api-token.ts';
import { RevokeApiToken } from './api-tokens/revoke-api-token.ts';
import { AuditController } from './audit/audit.controller.ts';
import { EventBodyController } from './bodies/event-body.controller.ts';
import { MessageBodies } from './bodies/message-bodies.ts';
import { RevealsController } from './bodies/reveals.controller.ts';
import { TransferBodyController } from './bodies/transfer-body.controller.ts';
import { CasesController } from './cases/cases.controller.ts';
import { ChannelActions } from './channels/channel-actions.ts';
import { ChannelsController } from './channels/channels.controller.ts';
import { CircuitChangesController } from './circuits/circuit-changes.controller.ts';
import { CircuitsController } from './circuits/circuits.controller.ts';
import { ActOnLetter } from './dead-letters/act-on-letter.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { ChangeFailureGroup } from './failure-groups/change-failure-group.ts';
import { FailureGroupsController } from './failure-groups/failure-groups.controller.ts';
import { EdgeInstancesController } from './edge-instances/edge-instances.controller.ts';
import { EvidenceController } from './evidence/evidence.controller.ts';
import { LiveController } from './live/live.controller.ts';
import { LiveFeed } from './live/live-feed.ts';
import { ReadLiveState } from './live/read-live-state.ts';
import { MetricsController } from './metrics.controller.ts';
import { OpsLedger } from './ops-ledger.ts';
import { ProblemFilter } from './problems/problem.filter.ts';
import { OperationActions } from './operations/operation-actions.ts';
import { OperationsController } from './operations/operations.controller.ts';
import { QueueTrend } from './queues/queue-trend.ts';
import { ReadQueues } from './queues/read-queues.ts';
import { QueuesController } from './queues/queues.controller.ts';
import { TimerQueues } from './queues/timer-queues.ts';
import { RefusalsController } from './refusals/refusals.controller.ts';
import { EditActions } from './revisions/edit-actions.ts';
import { PendingEditsController } from './revisions/pending-edits.controller.ts';
import { RevisionsController } from './revisions/revisions.controller.ts';
import { RetryLadderController } from './retry-ladder/retry-ladder.controller.ts';
import { OidcController } from './session/oidc.controller.ts';
import { SessionController } from './session/session.controller.ts';
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
    LiveController,
    CasesController, TransfersController, RevisionsController, PendingEditsController, OperationsController, RefusalsController, WaitingEventsController, DeadLettersController, SummaryController, MetricsController,
    AlertsController, FailureGroupsController, CircuitsController, CircuitChangesController, EdgeInstancesController, QueuesController, ChannelsController, RetryLadderController,
    AuditController, EvidenceController, TransferBodyController, EventBodyController, RevealsController, SessionController, OidcController, AccountsController, ApiTokensController,
  ],
  providers: [
    ReadQueues, ReadLiveState, LiveFeed,
    MessageBodies,
    { provide: OpsLedger, inject: [OPS_POOL], useFactory: (db: Kysely<LedgerTables>) => new OpsLedger(db) },
    { provide: DedupeWindows, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => DedupeWindows.fromConfig(config) },
    PublishOrders, TransferActions, EditActions, OperationActions,
    { provide: APP_FILTER, useClass: ProblemFilter },
    { provide: Contacts, inject: [GatewayConfig], useFactory: (config: GatewayConfig) => Contacts.fromConfig(config) },
    ChangeFailureGroup, ActOnLetter, SendLetters,
    ...ACCESS_PROVIDERS, CreateAccount, ChangeAccount, MakeApiToken, RevokeApiToken, QueueFigures, QueueTrend, TimerQueues, ChannelActions,
  ],
})
export class OpsApiModule {}
