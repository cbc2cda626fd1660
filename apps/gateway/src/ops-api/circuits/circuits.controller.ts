import { Get, Inject, Query } from '@nestjs/common';
import { GatewayConfig } from '../../gateway.config.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeKeyPlace, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listCircuits } from '../queries/list-circuits.ts';
import { CircuitPage } from './circuit.answer.ts';
import { CircuitQuery } from './circuit.query.ts';
import { showCircuit } from './show-circuit.ts';

/** How every adapter process stands towards the endpoints it delivers to. */
@OpsResource('api/circuits', '熔断')
export class CircuitsController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger, @Inject(GatewayConfig) private readonly config: GatewayConfig) {}

  @Get()
  @OpsAnswer('listCircuits', '查询各端点的熔断现状（每个适配器进程各一条），按目的地排列', CircuitPage)
  async list(@Query() { cursor, limit, destination, state }: CircuitQuery): Promise<CircuitPage> {
    const after = decodeKeyPlace(cursor, 3);
    const rows = await this.ledger.read((trx) => listCircuits(trx, { destination, state }, this.config.programSilentMs, after, limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.destination, row.app, row.instance]), showCircuit);
  }
}
