import { channelZh } from '../ops-api/words.ts';
import { clock, msBetween } from './condition.ts';
import type { Condition } from './condition.ts';

/**
 * A channel that people paused long ago (通道暂停过久): nothing else cries about what it holds, so this says that it is still there. The names of
 * those who paused stay out of alerts; the API says them to whoever may ask.
 */
export const channelPaused: Condition = {
  zh: '通道暂停过久',
  en: 'A channel has been paused for long',
  find: ({ pauses, now }, { pauseMs }) => pauses.filter(({ holds, paused_at }) => holds && msBetween(paused_at, now) >= pauseMs).map(({ channel, paused_at, until }) => ({
    subject: channel, opens: true,
    zh: `${channelZh(channel)} 自 ${clock(paused_at)} 起暂停，${until === null ? '没有定恢复时间' : `定于 ${clock(until)} 自动恢复`}。件在台账里等着，不会丢，也不算作逾期。`
      + '请向暂停的人核实（/api/channels 写明是谁、为什么）；可以恢复的，恢复通道。',
    en: `${channel} has been paused since ${clock(paused_at)}, ${until === null ? 'with no time to resume' : `until ${clock(until)}`}. What it holds waits in the ledger and counts as overdue nowhere. `
      + 'Ask whoever paused it (/api/channels says who and why), and resume it when it may go on.',
    facts: { channel, pausedAt: paused_at.toISOString(), until: until?.toISOString() ?? null },
  })),
};
