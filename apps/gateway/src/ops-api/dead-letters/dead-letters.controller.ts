import { KeyRing } from '#runtime';
import { Body, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { periodEnd, periodStart } from '../beijing-time.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listDeadLetters } from '../queries/list-dead-letters.ts';
import type { DeadLetterFilter } from '../queries/list-dead-letters.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { ActOnLetter } from './act-on-letter.ts';
import { DeadLetterActionAnswer, DeadLetterBodyAnswer, DeadLetterDetailAnswer } from './dead-letter-detail.answer.ts';
import { DeadLetterPage } from './dead-letter.answer.ts';
import { DeadLetterParams, RepairBody } from './dead-letter.body.ts';
import { DeadLetterQuery } from './dead-letter.query.ts';
import { readDeadLetter, readLetterBody } from './read-dead-letter.ts';
import { showDeadLetter } from './show-dead-letter.ts';

/** What could not be handled at all: which message, where, why, and what is done about it. */
@OpsResource('api/dead-letters', '死信')
export class DeadLettersController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(ActOnLetter) private readonly letters: ActOnLetter,
    @Inject(KeyRing) private readonly keys: KeyRing,
  ) {}

  @Get()
  @OpsAnswer('listDeadLetters', '查询死信（只列元数据，不含原文），最新的在前；status=open 为待处理的', DeadLetterPage)
  async list(@Query() query: DeadLetterQuery): Promise<DeadLetterPage> {
    const [below = null] = decodeNumberPlaces(query.cursor, 1) ?? [];
    const rows = await this.ledger.read((trx) => listDeadLetters(trx, filterOf(query), below, query.limit + 1));
    return pageOf(rows, query.limit, (row) => encodeCursor([row.seq]), showDeadLetter);
  }

  @Get(':deadLetterId')
  @OpsAnswer('getDeadLetter', '一条死信的元数据，以及同一消息的其他死信', DeadLetterDetailAnswer)
  @ApiProblem(404, '没有这条死信')
  one(@Param() { deadLetterId }: DeadLetterParams, @Query() _query: NoQuery): Promise<DeadLetterDetailAnswer> {
    return this.ledger.read((trx) => readDeadLetter(trx, deadLetterId));
  }

  @Get(':deadLetterId/body')
  @Needs('see-bodies')
  @OpsAnswer('getDeadLetterBody', '一条死信的原文：字节、十六进制、解密后的 JSON；个人信息一律脱敏。查看会留痕', DeadLetterBodyAnswer)
  @ApiProblem(404, '没有这条死信')
  body(@Param() { deadLetterId }: DeadLetterParams, @Query() _query: NoQuery, @Calling() caller: Caller): Promise<DeadLetterBodyAnswer> {
    return this.ledger.write((trx) => readLetterBody(trx, deadLetterId, caller, this.keys));
  }

  @Post(':deadLetterId/replay')
  @Needs('replay')
  @HttpCode(200)
  @OpsAnswer('replayDeadLetter', '把原文原样送回它原来的队列（消息标识不变，各处据此识别重复）', DeadLetterActionAnswer)
  @ApiProblem(404, '没有这条死信')
  @ApiProblem(409, '不能重放；code 和说明给出原因')
  replay(
    @Param() { deadLetterId: seq }: DeadLetterParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined,
  ): Promise<DeadLetterActionAnswer> {
    return this.letters.replay({ caller, key, seq, body });
  }

  @Post(':deadLetterId/repair')
  @Needs('edit')
  @HttpCode(200)
  @OpsAnswer('repairDeadLetter', '以更正后的报文代替原文送回队列；按契约校验，原文保留', DeadLetterActionAnswer)
  @ApiProblem(404, '没有这条死信')
  @ApiProblem(409, '不能修正；code 和说明给出原因')
  repair(
    @Param() { deadLetterId: seq }: DeadLetterParams, @Body() body: RepairBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined,
  ): Promise<DeadLetterActionAnswer> {
    return this.letters.repair({ caller, key, seq, body });
  }

  @Post(':deadLetterId/discard')
  @Needs('discard')
  @HttpCode(200)
  @OpsAnswer('discardDeadLetter', '放弃一条死信；原文保留', DeadLetterActionAnswer)
  @ApiProblem(404, '没有这条死信')
  @ApiProblem(409, '已处理过，没有再做什么')
  discard(
    @Param() { deadLetterId: seq }: DeadLetterParams, @Body() body: ReasonedBody, @Calling() caller: Caller, @IdempotencyKey() key: string | undefined,
  ): Promise<DeadLetterActionAnswer> {
    return this.letters.discard({ caller, key, seq, body });
  }
}

function filterOf({ app, status, queue, code, projectNo, from, to }: DeadLetterQuery): DeadLetterFilter {
  return {
    app, status, queue, code, projectNo,
    from: from === undefined ? undefined : periodStart(from),
    until: to === undefined ? undefined : periodEnd(to),
  };
}
