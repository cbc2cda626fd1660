/** The three programs that talk over RabbitMQ. */
export const APPS = ['district-adapter', 'gateway', 'centre-adapter'] as const;
export type AppName = (typeof APPS)[number];

export interface ExchangeSpec {
  readonly name: string;
  readonly type: 'direct';
}

export interface QueueSpec {
  readonly name: string;
  /** What the queue is for, in the operator's words. */
  readonly purpose: string;
  readonly exchange: string;
  readonly routingKeys: readonly string[];
  /** The one program that consumes it. */
  readonly consumer: AppName;
  /** How often the broker hands a message out again before it becomes a dead letter; `null` for a dead-letter queue, where it would drop the message. */
  readonly deliveryLimit: number | null;
  /** Routing key on the dead-letter exchange; `null` only for the dead-letter queues themselves. */
  readonly deadLetterKey: AppName | null;
  /** Whether messages that would wait for the broker may travel as one: only where the consumer knows each of them when it comes again. */
  readonly bundled: boolean;
  /** How long one of them may wait for company before it is sent, in milliseconds; 0 where a case waits for it. */
  readonly gatherMs: number;
  /** The queue refuses more than this many messages (publishers see it as a nack): memory and disk stay bounded. */
  readonly maxLength: number;
}

export interface Topology {
  readonly exchanges: readonly ExchangeSpec[];
  readonly queues: readonly QueueSpec[];
}

export const EXCHANGES = {
  /** What halls, bureau and centre said; routing keys: {@link EVENT_ROUTES}. */
  events: 'jiujin.events',
  /** What must reach one destination; routing key: {@link transferRoute}. */
  transfers: 'jiujin.transfers',
  /** What the adapters tell the gateway of their own work; routing keys: {@link REPORT_ROUTES}. */
  reports: 'jiujin.reports',
  /** What could not be handled; routing key: the name of the app that failed. */
  deadLetters: 'jiujin.dead-letters',
} as const;

export const EVENT_ROUTES = { intake: 'intake', outcome: 'outcome' } as const;
export const REPORT_ROUTES = { receipt: 'receipt', doorRefusal: 'door-refusal', edgeStatus: 'edge-status' } as const;

export const QUEUES = {
  intake: 'gateway.intake',
  outcomes: 'gateway.outcomes',
  receipts: 'gateway.receipts',
  doorRefusals: 'gateway.door-refusals',
  edgeStatus: 'gateway.edge-status',
  workItems: 'centre-adapter.work-items',
} as const;

/**
 * The last resort against a message that kills its process. Every lost connection counts for all messages in hand, so a low limit
 * would bury good ones when the network is restless; a handler that fails gives up by itself long before.
 */
const DELIVERY_LIMIT = 100;
const MAX_LENGTH = 2_000_000;

/**
 * What travels in bundles, and how long it gathers for that, in milliseconds. The ledger knows every event and every receipt again, and what is recorded
 * can be forgotten twice. An order is an HTTP request to somebody else: it travels alone. A case waits for its events, for a receipt only where its next
 * transfer to the same destination is ready, and for no acknowledgement; a batch of those costs about the same for one as for many.
 */
const BUNDLED: ReadonlyMap<string, number> = new Map([
  [QUEUES.intake, 0], [QUEUES.outcomes, 0], [QUEUES.receipts, 50], [recordedQueue('district-adapter'), 250], [recordedQueue('centre-adapter'), 250],
]);

/** The queue that holds a hall's completion updates: one per hall, so that a slow hall slows no other. */
export function completionUpdatesQueue(hallCode: string): string {
  return `district-adapter.completion-updates.${hallCode}`;
}

export function deadLetterQueue(app: AppName): string {
  return `${app}.dead-letters`;
}

/** The queue in which an adapter hears from the gateway which of its events are in the ledger. */
export function recordedQueue(app: 'district-adapter' | 'centre-adapter'): string {
  return `${app}.recorded`;
}

/** The routing key of such an acknowledgement, on the exchange of reports. */
export function recordedRoute(app: 'district-adapter' | 'centre-adapter'): string {
  return `recorded.${app}`;
}

/** The routing key of a transfer: `centre` or `hall.410204`. */
export function transferRoute(destination: 'centre' | `hall:${string}`): string {
  return destination.replace(':', '.');
}

/** Everything that is declared on the broker, for the halls that take part. */
export function topologyFor(hallCodes: readonly string[]): Topology {
  const queue = (name: string, purpose: string, exchange: string, key: string, consumer: AppName): QueueSpec => ({
    name, purpose, exchange, routingKeys: [key], consumer,
    deliveryLimit: DELIVERY_LIMIT, deadLetterKey: consumer, bundled: BUNDLED.has(name), gatherMs: BUNDLED.get(name) ?? 0, maxLength: MAX_LENGTH,
  });
  return {
    exchanges: Object.values(EXCHANGES).map((name) => ({ name, type: 'direct' })),
    queues: [
      queue(QUEUES.intake, '各区大厅和市局送来的事件，等网关入账', EXCHANGES.events, EVENT_ROUTES.intake, 'gateway'),
      queue(QUEUES.outcomes, '中心送来的办理结果，等网关入账', EXCHANGES.events, EVENT_ROUTES.outcome, 'gateway'),
      queue(QUEUES.receipts, '适配器每次投递的回执，等网关入账', EXCHANGES.reports, REPORT_ROUTES.receipt, 'gateway'),
      queue(QUEUES.doorRefusals, '入口拒收的请求，等网关登记', EXCHANGES.reports, REPORT_ROUTES.doorRefusal, 'gateway'),
      queue(QUEUES.edgeStatus, '适配器自报的运行状态（熔断、暂存、日志、Redis），等网关登记', EXCHANGES.reports, REPORT_ROUTES.edgeStatus, 'gateway'),
      queue(QUEUES.workItems, '要送到中心的工单', EXCHANGES.transfers, transferRoute('centre'), 'centre-adapter'),
      ...hallCodes.map((code) =>
        queue(completionUpdatesQueue(code), `要送到 ${code} 大厅的办件进度`, EXCHANGES.transfers, transferRoute(`hall:${code}`), 'district-adapter')),
      ...(['district-adapter', 'centre-adapter'] as const).map((app) =>
        queue(recordedQueue(app), `网关给 ${app} 的入账回执：这些事件已在台账`, EXCHANGES.reports, recordedRoute(app), app)),
      ...APPS.map((app): QueueSpec => ({
        name: deadLetterQueue(app), purpose: `${app} 处理不了的消息（死信）`, exchange: EXCHANGES.deadLetters, routingKeys: [app],
        consumer: 'gateway', deliveryLimit: null, deadLetterKey: null, bundled: false, gatherMs: 0, maxLength: MAX_LENGTH,
      })),
    ],
  };
}
