import { Get, Inject, Query } from '@nestjs/common';
import { allChannels } from '../../channels/channel.ts';
import { beijingTime } from '../beijing-time.ts';
import { NoQuery } from '../cases/case.params.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsAnswer, OpsResource } from '../ops-resource.ts';
import { ForecastList } from './forecast.answer.ts';
import { readLoads } from './read-loads.ts';
import { showForecast } from './show-forecast.ts';

/** When the backlogs are worked off, and whose deadline comes before that (积压预测). */
@OpsResource('api/forecast', '总览')
export class ForecastController {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  @Get()
  @OpsAnswer('getForecast', '积压预测：各通道等着多少、现在多快、何时清空、轮到之前多少件将超期、最早何时', ForecastList)
  async read(@Query() _query: NoQuery): Promise<ForecastList> {
    const now = new Date();
    const { byChannel, capped } = await this.ledger.read(readLoads);
    return {
      asOf: beijingTime(now), capped,
      items: allChannels().flatMap((channel) => {
        const load = byChannel.get(channel.name);
        return load === undefined ? [] : [showForecast(channel, load, now)];
      }),
    };
  }
}
