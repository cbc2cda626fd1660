import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { BodyAnswer, RevealAnswer } from './body.answer.ts';
import { EventParams } from './body.params.ts';
import { MessageBodies } from './message-bodies.ts';
import { RevealBody } from './reveal.body.ts';

/** What an event carried when it came in. */
@OpsResource('api/events', '事件')
export class EventBodyController {
  constructor(@Inject(MessageBodies) private readonly bodies: MessageBodies) {}

  @Get(':seq/body')
  @Needs('see-bodies')
  @OpsAnswer('getEventBody', '事件的报文，个人信息已脱敏；查看留痕', BodyAnswer)
  @ApiProblem(404, '没有这个事件')
  body(@Param() { seq }: EventParams, @Query() _query: NoQuery, @Calling() caller: Caller): Promise<BodyAnswer> {
    return this.bodies.see(caller, { kind: 'event', id: seq });
  }

  @Post(':seq/reveal')
  @Needs('reveal-personal')
  @HttpCode(200)
  @OpsAnswer('revealEvent', '揭示事件报文中指定字段的个人信息：须写明理由，十分钟内仅供本人查看，留痕', RevealAnswer)
  @ApiProblem(404, '没有这个事件')
  reveal(@Param() { seq }: EventParams, @Body() body: RevealBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined): Promise<RevealAnswer> {
    return this.bodies.reveal(caller, key, { kind: 'event', id: seq }, body);
  }
}
