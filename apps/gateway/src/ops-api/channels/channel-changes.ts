import type { EvidenceEntry } from '#evidence';
import { hoursText } from '../../channels/sending-hours.ts';
import type { ChannelSettings } from '../../channels/set-channel.ts';
import { actionZh } from '../audit/action-words.ts';
import { beijingTime } from '../beijing-time.ts';
import { scrubbed } from '../personal-numbers.ts';
import type { ActionRow } from '../queries/list-actions.ts';
import type { ChannelChangeAnswer, ChannelDifferenceAnswer } from './channel-settings.answer.ts';

/** What the records of channels carry beside who, when and why. */
interface Facts {
  readonly until?: string | null;
  readonly ticket?: string | null;
  readonly before?: ChannelSettings;
  readonly after?: ChannelSettings;
}

const FIELDS: Readonly<Record<ChannelDifferenceAnswer['field'], string>> = { state: '通行或暂停', until: '自动恢复的时间', ratePerSecond: '每秒条数', hours: '投递时段' };

/** A change of a channel, out of the record of the action (操作记录): there is no second place that could say something else. */
export function showChange(row: ActionRow): ChannelChangeAnswer {
  const { seq, at, actorName, action, reason, facts } = JSON.parse(row.entry) as EvidenceEntry;
  return {
    seq, at: beijingTime(new Date(at)), by: actorName, action, actionZh: actionZh(action), reason: scrubbed(reason),
    ticket: (facts as Facts).ticket ?? null, differences: differencesOf(action, facts),
  };
}

/** What became different by an action; what it left as it was is not told. */
export function differencesOf(action: string, { until, before, after }: Facts): ChannelDifferenceAnswer[] {
  switch (action) {
    case 'channel.paused':
      return [difference('state', '通行', '暂停'), difference('until', null, shownTime(until))].filter(differs);
    case 'channel.resumed':
      return [difference('state', '暂停', '通行')];
    case 'channel.settings-changed':
      return [difference('ratePerSecond', rateOf(before), rateOf(after)), difference('hours', hoursOf(before), hoursOf(after))].filter(differs);
    default:
      return [];
  }
}

function difference(field: ChannelDifferenceAnswer['field'], from: string | null, to: string | null): ChannelDifferenceAnswer {
  return { field, fieldZh: FIELDS[field], from, to };
}

function differs({ from, to }: ChannelDifferenceAnswer): boolean {
  return from !== to;
}

function shownTime(instant: string | null | undefined): string | null {
  return instant === null || instant === undefined ? null : beijingTime(new Date(instant));
}

function rateOf(settings: ChannelSettings | undefined): string | null {
  return settings?.ratePerSecond?.toString() ?? null;
}

function hoursOf(settings: ChannelSettings | undefined): string | null {
  return settings?.hours === null || settings?.hours === undefined ? null : hoursText(settings.hours);
}
