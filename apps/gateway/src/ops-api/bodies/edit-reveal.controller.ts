import { Body, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { EditParams } from '../revisions/edit.body.ts';
import { RevealAnswer } from './body.answer.ts';
import { MessageBodies } from './message-bodies.ts';
import { RevealBody } from './reveal.body.ts';

/** What an edit that waits for a second person changes, in full: who is to agree must see it. */
@OpsResource('api/transfers', '更正与退回')
export class EditRevealController {
  constructor(@Inject(MessageBodies) private readonly bodies: MessageBodies) {}

  @Post(':transferId/edit/:editId/reveal')
  @Needs('reveal-personal')
  @HttpCode(200)
  @OpsAnswer('revealTransferEdit', '揭示待批准的更正中指定字段的原值和新值：须写明理由，十分钟内仅供本人查看，留痕', RevealAnswer)
  @ApiProblem(404, '没有这次更正')
  @ApiProblem(409, '它已有结果')
  reveal(@Param() { transferId, editId }: EditParams, @Body() body: RevealBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<RevealAnswer> {
    return this.bodies.reveal(caller, key, { kind: 'edit', id: `${transferId}/${editId}` }, body);
  }
}
