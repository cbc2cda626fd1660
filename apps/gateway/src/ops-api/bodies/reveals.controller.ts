import { Get, Inject, Param, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { NoQuery } from '../cases/case.params.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { RevealedAnswer } from './body.answer.ts';
import { RevealParams } from './body.params.ts';
import { MessageBodies } from './message-bodies.ts';

/** What a person asked to see, for ten minutes. */
@OpsResource('api/reveals', '揭示')
export class RevealsController {
  constructor(@Inject(MessageBodies) private readonly bodies: MessageBodies) {}

  @Get(':revealId')
  @Needs('reveal-personal')
  @OpsAnswer('getReveal', '查看本人已申请揭示的字段；每次查看都留痕', RevealedAnswer)
  @ApiProblem(404, '没有这个揭示，或不是本人的')
  @ApiProblem(410, '揭示已过期')
  look(@Param() { revealId }: RevealParams, @Query() _query: NoQuery, @Calling() caller: Caller): Promise<RevealedAnswer> {
    return this.bodies.look(caller, revealId);
  }
}
