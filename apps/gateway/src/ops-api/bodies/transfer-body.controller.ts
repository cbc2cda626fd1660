import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { TransferParams } from '../transfers/transfer.params.ts';
import { BodyAnswer, RevealAnswer } from './body.answer.ts';
import { MessageBodies } from './message-bodies.ts';
import { RevealBody } from './reveal.body.ts';
import { RevisionQuery } from './revision.query.ts';

/** What a transfer carries. */
@OpsResource('api/transfers', '投递')
export class TransferBodyController {
  constructor(@Inject(MessageBodies) private readonly bodies: MessageBodies) {}

  @Get(':transferId/body')
  @Needs('see-bodies')
  @OpsAnswer('getTransferBody', '投递的报文，现在的或更早的修订，个人信息已脱敏；查看留痕', BodyAnswer)
  @ApiProblem(404, '没有这条投递，或没有报文')
  body(@Param() { transferId }: TransferParams, @Query() { revision }: RevisionQuery, @Calling() caller: Caller): Promise<BodyAnswer> {
    return this.bodies.see(caller, { kind: 'transfer', id: transferId }, revision);
  }

  @Post(':transferId/reveal')
  @Needs('reveal-personal')
  @HttpCode(200)
  @OpsAnswer('revealTransfer', '揭示投递报文中指定字段的个人信息：须写明理由，十分钟内仅供本人查看，留痕', RevealAnswer)
  @ApiProblem(404, '没有这条投递，或没有报文')
  reveal(@Param() { transferId }: TransferParams, @Body() body: RevealBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<RevealAnswer> {
    return this.bodies.reveal(caller, key, { kind: 'transfer', id: transferId }, body);
  }
}
