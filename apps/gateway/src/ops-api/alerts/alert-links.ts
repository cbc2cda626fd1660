/** What an alert leads to: where it is looked at, and where something is done about it. */
export interface AlertLink {
  readonly kind: AlertLinkKind;
  readonly path: string;
}

export const ALERT_LINKS = {
  channel: '通道', circuit: '端点熔断', transfers: '投递', 'failure-groups': '失败分组', queue: '队列', 'dead-letters': '死信', 'waiting-events': '等前序的事件', programs: '程序', operation: '批量操作', cases: '办件', maintenance: '计划维护',
} as const;
export type AlertLinkKind = keyof typeof ALERT_LINKS;

/** What a condition itself is about, whatever its subject. */
const BY_CONDITION: Readonly<Record<string, (subject: string) => readonly AlertLink[]>> = {
  'transfers-failed': (subject) => [{ kind: 'failure-groups', path: `/api/failure-groups?destination=${subject}` }, { kind: 'transfers', path: `/api/transfers?destination=${subject}&status=failed` }],
  'dead-letters': (subject) => [{ kind: 'dead-letters', path: `/api/dead-letters?queue=${subject}&status=open` }],
  'parked-too-long': () => [{ kind: 'waiting-events', path: '/api/waiting-events' }],
  'canary-late': () => [{ kind: 'cases', path: '/api/cases?q=CANARY-' }],
};

const BY_SUBJECT: readonly (readonly [RegExp, (subject: string) => readonly AlertLink[]])[] = [
  [/^(?:intake|completion):\d{6}$/, (subject) => [{ kind: 'channel', path: `/api/channels/${subject}` }]],
  [/^hall:\d{6}$/, (subject) => [{ kind: 'channel', path: `/api/channels/completion:${subject.slice(5)}` }, { kind: 'circuit', path: `/api/circuits?destination=${subject}` }]],
  [/^centre$/, () => [{ kind: 'channel', path: '/api/channels' }, { kind: 'circuit', path: '/api/circuits?destination=centre' }]],
  [/^op_[\w-]+$/, (subject) => [{ kind: 'operation', path: `/api/operations/${subject}` }]],
  [/^(?:gateway|district-adapter|centre-adapter)(?:\/|$)/, (subject) => [{ kind: 'programs', path: `/api/edge-instances?app=${subject.split('/')[0] ?? ''}` }]],
  [/^[a-z-]+\.[\w.-]+$/, (subject) => [{ kind: 'queue', path: `/api/queues/${subject}` }]],
];

/** Where the people who look after an alert go from it, nearest first. */
export function alertLinks(condition: string, subject: string): AlertLink[] {
  const theirs = BY_CONDITION[condition]?.(subject) ?? [];
  const [, about] = BY_SUBJECT.find(([form]) => form.test(subject)) ?? [];
  return [...theirs, ...(about?.(subject) ?? [])];
}
