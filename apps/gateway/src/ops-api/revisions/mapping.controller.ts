import { KeyRing } from '#runtime';
import { Get, Inject, Param, Query } from '@nestjs/common';
import { Needs } from '../../access/needs.ts';
import { NoQuery } from '../cases/case.params.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { TransferParams } from '../transfers/transfer.params.ts';
import { MappingAnswer } from './mapping.answer.ts';
import { readMapping } from './read-mapping.ts';

/** How a transfer is made: for whoever compares what came in with what went out. */
@OpsResource('api/transfers', '更正与退回')
export class MappingController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {}

  @Get(':transferId/mapping')
  @Needs('see-bodies')
  @OpsAnswer('getTransferMapping', '字段对照：报文的每个字段由事件或办件的哪个字段而来；不含值', MappingAnswer)
  @ApiProblem(404, '没有这条投递')
  mapping(@Param() { transferId }: TransferParams, @Query() _query: NoQuery): Promise<MappingAnswer> {
    return this.ledger.read((trx) => readMapping(trx, transferId, this.keys));
  }
}
