import { clock, msBetween } from './condition.ts';
import type { Condition } from './condition.ts';

/**
 * Messages have been recorded for long and are not under seal yet (证据封存滞后): until they are, nobody would see that one was changed. A
 * gateway that just came has had no time to seal.
 */
export const evidenceLate: Condition = {
  zh: '证据封存滞后',
  en: 'The chain of evidence falls behind',
  find: ({ evidenceCaughtUpAt, watchingSince, now }, { evidenceMs }) => {
    if (msBetween(evidenceCaughtUpAt, now) <= evidenceMs) return [];
    const since = clock(evidenceCaughtUpAt);
    return [{
      subject: 'evidence', opens: msBetween(watchingSince, now) > evidenceMs,
      zh: `${since} 之后入账的消息还没有封入证据链。请查 PostgreSQL 中有没有久未结束的事务（pg_stat_activity 的 xact_start），以及网关日志 sealing-failed 的 reason；排除后自动补封，不会遗漏。`,
      en: `Messages recorded after ${since} are not in the chain of evidence. See whether a transaction has been open for long in PostgreSQL (xact_start in pg_stat_activity), `
        + 'and the reason of sealing-failed in the gateway\'s log; once mended, everything is sealed by itself.',
      facts: { caughtUpAt: evidenceCaughtUpAt.toISOString() },
    }];
  },
};
