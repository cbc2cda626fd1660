import { Inject, Injectable } from '@nestjs/common';
import type { Selectable, Transaction } from 'kysely';
import type { Caller } from '../../access/caller.ts';
import { recordAction } from '../../evidence/record-action.ts';
import { acknowledgeAlert, countAlertChange, endMute, lockAlert, upsertMute } from '../../ledger/alert-verb-rows.ts';
import type { AlertsTable, LedgerTables } from '../../ledger/tables.ts';
import { beijingTime } from '../beijing-time.ts';
import { idempotent } from '../idempotent.ts';
import { refuseChanged } from '../if-match.ts';
import { OpsLedger } from '../ops-ledger.ts';
import { brokenQuery, OpsProblem } from '../problems/ops-problem.ts';
import type { ReasonedBody } from '../reasoned.body.ts';
import type { AlertActionAnswer } from './alert.answer.ts';
import type { MuteBody } from './alert.body.ts';

type Alert = Selectable<AlertsTable>;
type Trx = Transaction<LedgerTables>;

/** A person's command about one alert, and the version they have seen. */
export interface AlertCommand<Body> {
  readonly caller: Caller;
  readonly key: string | undefined;
  readonly alertId: number;
  readonly seen: number;
  readonly body: Body;
}

const LONGEST_MUTE_MS = 7 * 86_400_000;

/** Acknowledges and mutes alerts (确认、静音). Neither ends one: an alert is over when its condition is. */
@Injectable()
export class AlertActions {
  constructor(@Inject(OpsLedger) private readonly ledger: OpsLedger) {}

  /** The reason is the note that the others read. @throws OpsProblem that says why it was not acknowledged */
  acknowledge(command: AlertCommand<ReasonedBody>): Promise<AlertActionAnswer> {
    return this.act('acknowledge', command, async (trx, alert, { caller, body }) => {
      if (alert.closed_at !== null) throw alertOver(alert.closed_at);
      if (alert.acknowledged_at !== null) throw acknowledgedAlready(alert);
      await acknowledgeAlert(trx, alert.seq, { id: caller.id, name: caller.name, note: body.reason });
      return { outcome: 'acknowledged', outcomeZh: '已确认', until: null };
    });
  }

  /** Mutes the alert's condition of its subject: also when it comes back. Muted anew, the new end counts. @throws OpsProblem that says why not */
  mute(command: AlertCommand<MuteBody>): Promise<AlertActionAnswer> {
    const until = endOf(command.body.until);
    return this.act('mute', command, async (trx, alert, { caller, body }) => {
      if (alert.closed_at !== null) throw alertOver(alert.closed_at);
      const { condition, subject } = alert;
      await upsertMute(trx, { condition, subject, until, reason: body.reason, ticket: body.ticket ?? null, by_id: caller.id, by_name: caller.name });
      await countAlertChange(trx, alert.seq);
      return { outcome: 'muted', outcomeZh: '已静音：到时自动结束，其间照样列出，不再通知', until: beijingTime(until) };
    });
  }

  /** @throws OpsProblem that says why not */
  unmute(command: AlertCommand<ReasonedBody>): Promise<AlertActionAnswer> {
    return this.act('unmute', command, async (trx, alert) => {
      if (!await endMute(trx, alert.condition, alert.subject)) throw notMuted();
      await countAlertChange(trx, alert.seq);
      return { outcome: 'unmuted', outcomeZh: '已取消静音', until: null };
    });
  }

  private act<Body extends ReasonedBody>(
    verb: string, command: AlertCommand<Body>, work: (trx: Trx, alert: Alert, command: AlertCommand<Body>) => Promise<Pick<AlertActionAnswer, 'outcome' | 'outcomeZh' | 'until'>>,
  ): Promise<AlertActionAnswer> {
    const { caller, key, alertId, seen, body } = command;
    return this.ledger.write((trx) => idempotent(trx, { caller, key, route: `POST /api/alerts/${alertId}/${verb}`, body: { seen, ...body } }, async () => {
      const alert = await lockAlert(trx, alertId);
      if (alert === undefined) throw alertUnknown();
      const [now, nowZh] = standing(alert);
      refuseChanged(seen, alert.version, now, nowZh);
      const done = await work(trx, alert, command);
      await recordAction(trx, {
        caller, action: `alert.${done.outcome}`, subjectKind: 'alert', subject: String(alertId), reason: body.reason, result: 'done',
        facts: { condition: alert.condition, about: alert.subject, until: done.until, ticket: body.ticket ?? null },
      });
      return { ...done, alertId, version: alert.version + 1 };
    }));
  }
}

export function alertUnknown(): OpsProblem {
  return new OpsProblem('alert-unknown', { detail: 'Alerts are listed at GET /api/alerts; they are kept for 90 days after their end.', detailZh: '告警列表见 GET /api/alerts；结束 90 天后不再保存。' });
}

function standing({ closed_at, acknowledged_name: by }: Alert): [string, string] {
  if (closed_at !== null) return ['It is over.', '它已结束。'];
  return by === null ? ['Nobody has acknowledged it.', '还没有人确认。'] : [`${by} has acknowledged it.`, `${by} 已确认。`];
}

function alertOver(closedAt: Date): OpsProblem {
  const at = beijingTime(closedAt);
  return new OpsProblem('alert-over', { detail: `It was over at ${at}; there is nothing left to do about it.`, detailZh: `它已于 ${at} 结束，不用再处理；再发生时另有一条告警。` });
}

function acknowledgedAlready({ acknowledged_name: by, acknowledged_at: at }: Alert): OpsProblem {
  const [name, time] = [by ?? '', at === null ? '' : beijingTime(at)];
  return new OpsProblem('alert-acknowledged', { detail: `${name} acknowledged it at ${time}; ask there who looks after it.`, detailZh: `${name} 已于 ${time} 确认；由谁处理请问确认的人。` });
}

function notMuted(): OpsProblem {
  return new OpsProblem('alert-not-muted', { detail: 'No mute of it is in force: it has ended by itself, or there was none.', detailZh: '它没有静音：已到时自动结束，或没有静音过。' });
}

/** @throws OpsProblem `query-broken` for an end that is no moment, is over, or is too far away */
function endOf(until: string): Date {
  const end = new Date(until);
  const ahead = end.getTime() - Date.now();
  if (ahead > 0 && ahead <= LONGEST_MUTE_MS) return end;
  throw brokenQuery([{ field: 'until', rule: 'ahead', zh: '须为今后 7 天内的时间', en: 'must be a time within the next 7 days' }]);
}
