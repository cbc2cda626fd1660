import { Body, Get, Inject, Param, Put, Query, Res } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import { Calling } from '../../access/caller.ts';
import type { Caller } from '../../access/caller.ts';
import { Needs } from '../../access/needs.ts';
import { channelNamed } from '../../channels/channel.ts';
import type { Channel } from '../../channels/channel.ts';
import { loadSettings } from '../../ledger/channel-settings-rows.ts';
import { NoQuery } from '../cases/case.params.ts';
import { IdempotencyKey } from '../idempotent.ts';
import { etagOf, IfMatch } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { ApiProblem, OpsAnswer, OpsResource } from '../ops-resource.ts';
import { decodeNumberPlaces, encodeCursor } from '../paging/cursor.ts';
import { pageOf } from '../paging/page.ts';
import { listActions } from '../queries/list-actions.ts';
import type { Reply } from '../reply.ts';
import { channelUnknown } from './channel-actions.ts';
import { showChange } from './channel-changes.ts';
import { ChannelChangePage, ChannelSettingsActionAnswer, ChannelSettingsAnswer } from './channel-settings.answer.ts';
import { SetChannel, showSettings } from './channel-settings.ts';
import { ChannelChangesQuery, ChannelParams, ChannelSettingsBody } from './channel.body.ts';

/** How fast and when a channel sends, and who changed what of it. */
@OpsResource('api/channels', '通道')
@ApiProblem(404, '没有这个通道')
export class ChannelSettingsController {
  constructor(
    @Inject(OpsLedger) private readonly ledger: OpsLedger,
    @Inject(SetChannel) private readonly setting: SetChannel,
  ) {}

  @Get(':channel/settings')
  @OpsAnswer('getChannelSettings', '一个通道的限速和投递时段；应答带 ETag', ChannelSettingsAnswer)
  async settings(@Param() { channel }: ChannelParams, @Query() _query: NoQuery, @Res({ passthrough: true }) reply: Reply): Promise<ChannelSettingsAnswer> {
    const { name } = known(channel);
    const row = (await this.ledger.read(loadSettings)).find((one) => one.channel === name);
    reply.header('etag', etagOf(row?.version ?? 0));
    return showSettings(name, row, new Date());
  }

  @Put(':channel/settings')
  @Needs('pause-channels')
  @ApiHeader({ name: 'If-Match', required: true, description: '所看到的版本（getChannelSettings 的 ETag）；从未更改过的为 "0"' })
  @OpsAnswer('setChannel', '设置通道的限速和投递时段：应答之后即按此发出；收件照常', ChannelSettingsActionAnswer)
  @ApiProblem(409, '通道已经是这样设置')
  @ApiProblem(412, '其间已被他人更改')
  @ApiProblem(428, '没有带 If-Match')
  async set(
    @Param() { channel }: ChannelParams, @IfMatch() version: number, @Body() body: ChannelSettingsBody, @Calling() caller: Caller,
    @IdempotencyKey() key: string | undefined, @Res({ passthrough: true }) reply: Reply,
  ): Promise<ChannelSettingsActionAnswer> {
    const answer = await this.setting.run({ caller, key, channel, version, body });
    reply.header('etag', etagOf(answer.version));
    return answer;
  }

  @Get(':channel/changes')
  @OpsAnswer('listChannelChanges', '通道的暂停、恢复和设置的更改：谁、何时、为何、从什么变成什么，最新的在前', ChannelChangePage)
  async changes(@Param() { channel }: ChannelParams, @Query() { cursor, limit }: ChannelChangesQuery): Promise<ChannelChangePage> {
    const { name } = known(channel);
    const [below = null] = decodeNumberPlaces(cursor, 1) ?? [];
    const rows = await this.ledger.read((trx) => listActions(trx, { subjectKind: 'channel', subject: name }, below, limit + 1));
    return pageOf(rows, limit, (row) => encodeCursor([row.seq]), showChange);
  }
}

function known(name: string): Channel {
  const channel = channelNamed(name);
  if (channel === undefined) throw channelUnknown();
  return channel;
}
