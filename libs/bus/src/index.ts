export { BusRejectedError, BusUnavailableError, HandlerError, TopologyError, UnroutableError, type UnavailableCode } from './bus-errors.ts';
export { MOST_PARTS, partsOf } from './bundle.ts';
export { BusInspector, type BusInspectorOptions, type QueueState } from './bus-inspector.ts';
export { BusModule, type BusOptions } from './bus.module.ts';
export { BusServer, type BusRedis, type BusServerOptions, type QueueOptions } from './bus-server.ts';
export { BusConnection, type BusConnectionOptions, type ConnectionState } from './connection.ts';
export { readDeadLetter, type DeadLetterStamp } from './dead-letter.ts';
export type { BatchResult, IncomingMessage, NotNow, OutgoingMessage, RawMessage, Settlement } from './message.ts';
export { BusPublisher, type BusPublisherOptions } from './publisher.ts';
