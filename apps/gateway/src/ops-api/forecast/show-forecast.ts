import type { Channel } from '../../channels/channel.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { channelZh } from '../words.ts';
import type { ForecastAnswer } from './forecast.answer.ts';
import { FORECAST_VERDICTS } from './forecast.answer.ts';
import { forecast } from './forecast.ts';
import type { ChannelLoad, Forecast } from './forecast.ts';

export function showForecast({ name }: Channel, load: ChannelLoad, now: Date): ForecastAnswer {
  const seen = forecast(load, now);
  return {
    channel: name, channelZh: channelZh(name),
    waiting: load.waiting, casesWaiting: load.cases.length,
    inPerMinute: rounded(load.inPerMinute), outPerMinute: rounded(load.outPerMinute), busiestMinute: load.busiestMinute,
    pausedUntil: load.pausedUntil instanceof Date ? beijingTime(load.pausedUntil) : null,
    verdict: seen.verdict, sayZh: sayZh(seen), clearsAt: beijingTimeOrNull(seen.clearsAt), horizon: beijingTime(seen.horizon),
    overdue: seen.overdue, breaches: seen.breaches, firstBreachAt: beijingTimeOrNull(seen.firstBreachAt),
  };
}

/** `11-23 16:40`, in Beijing. */
export function dayAndMinute(instant: Date): string {
  return beijingTime(instant).slice('2026-'.length, '2026-11-23T16:40'.length).replace('T', ' ');
}

function sayZh({ verdict, clearsAt, overdue, breaches, firstBreachAt }: Forecast): string {
  const clears = verdict === 'clearing' && clearsAt !== null ? `按现在的速度 ${dayAndMinute(clearsAt)} 清空` : FORECAST_VERDICTS[verdict];
  const span = clearsAt === null ? '今后 24 小时' : '其间';
  return [
    clears,
    ...(overdue === 0 ? [] : [`已有 ${overdue} 件超期`]),
    ...(firstBreachAt === null ? [] : [`${span} ${breaches} 件将超期，最早 ${dayAndMinute(firstBreachAt)}`]),
  ].join('；');
}

function rounded(rate: number): number {
  return Math.round(rate * 10) / 10;
}
