import type { DynamicModule, InjectionToken } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import type { Kysely } from 'kysely';
import type { LedgerTables } from '../ledger/tables.ts';
import { CasesController } from './cases/cases.controller.ts';
import { DeadLettersController } from './dead-letters/dead-letters.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { OpsLedger } from './ops-ledger.ts';
import { OpsToken } from './ops-token.ts';
import { OpsTokenGuard } from './ops-token.guard.ts';
import { ProblemFilter } from './problems/problem.filter.ts';
import { RefusalsController } from './refusals/refusals.controller.ts';
import { SummaryController } from './summary/summary.controller.ts';
import { TransfersController } from './transfers/transfers.controller.ts';
import { WaitingEventsController } from './waiting-events/waiting-events.controller.ts';

export interface OpsApiOptions {
  /** The operators' bearer token, at least 32 characters. */
  readonly token: string;
  /** What the gateway provides its Kysely under. */
  readonly ledger: InjectionToken;
}

/** What operators ask over HTTP. The gateway provides the ledger and the `KeyRing`; both must be visible to this module. */
@Module({})
export class OpsApiModule {
  static forRoot({ token, ledger }: OpsApiOptions): DynamicModule {
    return {
      module: OpsApiModule,
      controllers: [
        CasesController, TransfersController, RefusalsController, WaitingEventsController, DeadLettersController, SummaryController, MetricsController,
      ],
      providers: [
        { provide: OpsToken, useFactory: () => new OpsToken(token) },
        { provide: OpsLedger, inject: [ledger], useFactory: (db: Kysely<LedgerTables>) => new OpsLedger(db) },
        { provide: APP_FILTER, useClass: ProblemFilter },
        OpsTokenGuard,
      ],
    };
  }
}
