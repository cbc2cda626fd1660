import { Inject, Injectable } from '@nestjs/common';
import { channelNamed } from '../../channels/channel.ts';
import { nextOpening } from '../../channels/sending-hours.ts';
import { setChannel, settingsOf } from '../../channels/set-channel.ts';
import type { ChannelSettings, SettingOutcome } from '../../channels/set-channel.ts';
import type { SettingsRow } from '../../ledger/channel-settings-rows.ts';
import type { ChannelName, SendingHours } from '../../ledger/channel-tables.ts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import { idempotent } from '../idempotent.ts';
import { refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { channelUnknown } from './channel-actions.ts';
import type { ChannelCommand } from './channel-actions.ts';
import type { ChannelSettingsActionAnswer, ChannelSettingsAnswer } from './channel-settings.answer.ts';
import type { ChannelSettingsBody } from './channel.body.ts';

/** Sets how fast and when channels send. */
@Injectable()
export class SetChannel {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** From the answer on every order of the channel keeps to it. @throws OpsProblem that says why it was not set */
  run({ caller, key, channel: name, version, body }: ChannelCommand<ChannelSettingsBody>): Promise<ChannelSettingsActionAnswer> {
    const channel = channelNamed(name);
    if (channel === undefined) throw channelUnknown();
    const order = { channel: channel.name, caller, reason: body.reason, ticket: body.ticket ?? null, version };
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: `PUT /api/channels/${name}/settings`, body: { version, ...body } }, async () => ({
      outcome: 'set' as const, outcomeZh: '通道设置已更改', ...showSettings(channel.name, done(await setChannel(trx, order, wanted(body)), version), new Date()),
    })));
  }
}

/** A channel's settings as they are shown; `row` is undefined while nobody ever said anything of it. */
export function showSettings(channel: ChannelName, row: SettingsRow | undefined, now: Date): ChannelSettingsAnswer {
  if (row === undefined) return { channel, ratePerSecond: null, hours: null, opensAt: null, changedBy: null, changedAt: null, reason: null, ticket: null, version: 0 };
  const { hours, by_name, changed_at, reason, ticket, version } = row;
  return {
    channel, ...shownSettings(row), opensAt: beijingTimeOrNull(nextOpening(hours, now)), changedBy: by_name, changedAt: beijingTime(changed_at), reason, ticket, version,
  };
}

/** Rate and hours, as answers carry them. */
export function shownSettings(row: SettingsRow | undefined): Pick<ChannelSettingsAnswer, 'ratePerSecond' | 'hours'> {
  const { ratePerSecond, hours } = settingsOf(row);
  return { ratePerSecond, hours: shownHours(hours) };
}

/** Hours, as answers carry them. */
export function shownHours(hours: SendingHours | null): ChannelSettingsAnswer['hours'] {
  return hours?.map(({ days, from, to }) => ({ days: [...days], from, to })) ?? null;
}

/** The days in their order, so that the same is the same. */
function wanted({ ratePerSecond, hours }: ChannelSettingsBody): ChannelSettings {
  return { ratePerSecond, hours: hours?.map(({ days, from, to }) => ({ days: days.toSorted((one, other) => one - other), from, to })) ?? null };
}

function done(outcome: SettingOutcome, seen: number): SettingsRow {
  if (outcome.kind === 'done') return outcome.row;
  const by = outcome.row?.by_name ?? null;
  if (outcome.kind === 'changed-meanwhile') {
    refuseChanged(seen, outcome.row?.version ?? seen + 1, by === null ? 'Look again.' : `${by} changed it last.`, by === null ? '请重看。' : `最近由${by}更改。`);
  }
  throw new OpsProblem('channel-unchanged', { detail: 'It is set so already; there is nothing to change.', detailZh: '通道已经是这样设置，无须更改。' });
}
