import { Body, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { allChannels, channelNamed } from '../../channels/channel.ts';
import { GatewayConfig } from '../../gateway.config.ts';
import { QueueFigures } from '../../watch/queue-figures.ts';
import { beijingTime } from '../beijing-time.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import type { Reply } from '../reply.ts';
import { ChannelActions, channelUnknown } from './channel-actions.ts';
import { ChannelActionAnswer, ChannelAnswer, ChannelList } from './channel.answer.ts';
import { ChannelParams, PauseBody } from './channel.body.ts';
import { readChannels } from './read-channels.ts';
import { showChannel } from './show-channel.ts';
import type { ChannelFacts, ChannelSurroundings } from './show-channel.ts';
import { channelSurroundings } from './channel-surroundings.ts';

const VERSION_HEADER = ApiHeader({ name: 'If-Match', required: true, description: '所看到的版本（getChannel 的 ETag）；从未暂停过的通道为 "0"' });

/** The ways between halls and centre, which people can hold and let go (通道). */
@OpsResource('api/channels', '通道')
export class ChannelsController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(ChannelActions) private readonly actions: ChannelActions,
    @Inject(GatewayConfig) private readonly config: GatewayConfig,
    @Inject(QueueFigures) private readonly queues: QueueFigures,
  ) {}

  @Get()
  @OpsAnswer('listChannels', '每个大厅两个方向的通道：是否暂停、积存、在途、最早一条、进出速率、用时和目标、失败、熔断、队列和消费者', ChannelList)
  async list(@Query() _query: NoQuery): Promise<ChannelList> {
    const { facts, surroundings } = await this.read();
    return { asOf: beijingTime(new Date()), items: allChannels().map((channel) => showChannel(channel, facts, surroundings)) };
  }

  @Get(':channel')
  @OpsAnswer('getChannel', '一个通道；应答带 ETag', ChannelAnswer)
  @ApiProblem(404, '没有这个通道')
  async one(@Param() { channel: name }: ChannelParams, @Query() _query: NoQuery, @Res({ passthrough: true }) reply: Reply): Promise<ChannelAnswer> {
    const channel = channelNamed(name);
    if (channel === undefined) throw channelUnknown();
    const { facts, surroundings } = await this.read();
    const answer = showChannel(channel, facts, surroundings);
    reply.header('etag', etagOf(answer.version));
    return answer;
  }

  @Post(':channel/pause')
  @Needs('pause-channels')
  @HttpCode(200)
  @VERSION_HEADER
  @OpsAnswer('pauseChannel', '暂停通道：应答之后不再发出新的投递（含重试），已派出的走完，收件照常；可定时自动恢复', ChannelActionAnswer)
  @ApiProblem(404, '没有这个通道')
  @ApiProblem(409, '通道已经暂停')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async pause(
    @Param() { channel }: ChannelParams, @IfMatch() version: number, @Body() body: PauseBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<ChannelActionAnswer> {
    return tagged(reply, await this.actions.pause({ caller, key, channel, version, body }));
  }

  @Post(':channel/resume')
  @Needs('pause-channels')
  @HttpCode(200)
  @VERSION_HEADER
  @OpsAnswer('resumeChannel', '恢复通道：积存的件由少到多逐步发出，每个办件的先后不变', ChannelActionAnswer)
  @ApiProblem(404, '没有这个通道')
  @ApiProblem(409, '通道没有暂停')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async resume(
    @Param() { channel }: ChannelParams, @IfMatch() version: number, @Body() body: ReasonedBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<ChannelActionAnswer> {
    return tagged(reply, await this.actions.resume({ caller, key, channel, version, body }));
  }

  private async read(): Promise<{ readonly facts: ChannelFacts; readonly surroundings: ChannelSurroundings }> {
    const heardSince = new Date(Date.now() - this.config.programSilentMs);
    const surroundings = await channelSurroundings(this.queues, this.config);
    return { surroundings, facts: await this.ledger.read((trx) => readChannels(trx, heardSince)) };
  }
}

function tagged(reply: Reply, answer: ChannelActionAnswer): ChannelActionAnswer {
  reply.header('etag', etagOf(answer.version));
  return answer;
}
