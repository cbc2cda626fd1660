import { Get, Inject, Query } from '@nestjs/common';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listCircuitChanges } from '../queries/list-circuits.ts';
import { CircuitChangePage } from './circuit.answer.ts';
import { CircuitChangeQuery } from './circuit.query.ts';
import { showCircuitChange } from './show-circuit.ts';

/** When endpoints went down and came back. */
@OpsResource('api/circuit-changes', '熔断')
export class CircuitChangesController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('listCircuitChanges', '查询熔断状态的变化（保留 30 天），最新的在前', CircuitChangePage)
  async list(@Query() { cursor, limit, destination, from, to }: CircuitChangeQuery): Promise<CircuitChangePage> {
    const [below = null] = decodeNumberPlaces(cursor, 1) ?? [];
    const filter = { destination, from: from === undefined ? undefined : periodStart(from), until: to === undefined ? undefined : periodEnd(to) };
    const rows = await this.ledger.read((trx) => listCircuitChanges(trx, filter, below, limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.seq]), showCircuitChange);
  }
}
