import { allChannels } from '../../channels/channel.ts';
import { nextOpening } from '../../channels/sending-hours.ts';
import { loadPauses } from '../../ledger/channel-rows.ts';
import type { PauseRow } from '../../ledger/channel-rows.ts';
import { loadSettings } from '../../ledger/channel-settings-rows.ts';
import type { SettingsRow } from '../../ledger/channel-settings-rows.ts';
import type { ChannelName } from '../../ledger/channel-tables.ts';
import { loadChannelPaces, loadWaitingCases, WAITING_CAP } from '../../ledger/forecast-rows.ts';
import type { Reading } from '../ops-ledger.ts';
import type { ChannelLoad } from './forecast.ts';

/** What every channel carries now. */
export interface Loads {
  readonly byChannel: ReadonlyMap<ChannelName, ChannelLoad>;
  /** More waits than was looked at. */
  readonly capped: boolean;
}

/** Reads what every channel of the catalogue carries, and how fast it moves. */
export async function readLoads(trx: Reading): Promise<Loads> {
  const waiting = await loadWaitingCases(trx);
  const paces = await loadChannelPaces(trx);
  const pauses = await loadPauses(trx);
  const settings = await loadSettings(trx);
  const now = new Date();
  const byChannel = new Map(allChannels().map(({ name }): [ChannelName, ChannelLoad] => {
    const cases = waiting.filter(({ channel }) => channel === name);
    const pace = paces.find(({ channel }) => channel === name);
    const set = settings.find(({ channel }) => channel === name);
    return [name, {
      waiting: cases.reduce((sum, { transfers }) => sum + transfers, 0),
      inPerMinute: pace?.in_per_minute ?? 0, outPerMinute: pace?.out_per_minute ?? 0, busiestMinute: limited(pace?.busiest_minute ?? null, set),
      pausedUntil: pausedUntil(pauses.find(({ channel }) => channel === name), set, now),
      cases: cases.map(({ position, due_at }) => ({ position, dueAt: due_at })),
    }];
  }));
  return { byChannel, capped: waiting.reduce((sum, { transfers }) => sum + transfers, 0) >= WAITING_CAP };
}

/** Until when nothing goes: while people pause it, and then until its hours begin. */
function pausedUntil(pause: PauseRow | undefined, settings: SettingsRow | undefined, now: Date): ChannelLoad['pausedUntil'] {
  const resumes = pause?.holds === true ? pause.until ?? 'for-good' : null;
  return resumes === 'for-good' ? resumes : nextOpening(settings?.hours ?? null, resumes ?? now) ?? resumes;
}

/** What a limited channel can do in a minute is its rate, however much it did before. */
function limited(busiest: number | null, settings: SettingsRow | undefined): number | null {
  const rate = settings?.rate_per_second ?? null;
  return rate === null ? busiest : Math.min(rate * 60, busiest ?? rate * 60);
}
