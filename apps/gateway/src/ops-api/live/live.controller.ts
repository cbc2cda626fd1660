import { Get, Inject, Query, Req, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { Authenticate } from '../../access/authenticate.ts';
import type { CalledRequest } from '../../access/caller.ts';
import { NoQuery } from '../cases/case.params.ts';
import { ApiProblem, OpsResource } from '../ops-resource.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { LiveFeed } from './live-feed.ts';

/** What live views show, as it happens (server-sent events). */
@OpsResource('api/live', '实时')
export class LiveController {
  constructor(@Inject(LiveFeed) private readonly feed: LiveFeed, @Inject(Authenticate) private readonly authenticate: Authenticate) {}

  @Get()
  @ApiOperation({
    operationId: 'watchLive',
    summary: '实时视图（server-sent events）：summary 总览、queues 队列，约每 2 秒一次；alert 告警、operation 批量操作，有变化即发，data 与各自列表中的一项相同。每次连上先给现状（断线重连后以此为准），每 15 秒一行注释；读得太慢的断开，失去权限的在一分钟内断开',
  })
  @ApiOkResponse({ description: '事件流', content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiProblem(503, '打开的实时视图过多')
  watch(@Query() _query: NoQuery, @Req() request: CalledRequest): StreamableFile {
    const asked = { headers: { ...request.headers }, method: request.method, ip: request.ip };
    return new StreamableFile(this.feed.watch(() => this.mayStill(asked)), { type: 'text/event-stream; charset=utf-8' });
  }

  /** Watching is no work of a person: it keeps no session alive. */
  private async mayStill(asked: CalledRequest): Promise<void> {
    const { rights } = await this.authenticate.again(asked);
    if (!rights.has('see-metadata')) throw new OpsProblem('forbidden', { detail: 'The right "see-metadata" was withdrawn.', detailZh: '查看权限已被收回。' });
  }
}
