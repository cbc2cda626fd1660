export { DeliverOrders } from './deliver-orders.ts';
export { DOOR_CODES } from './door-error.ts';
export { toDoorRequest, writeAnswer, type HttpReply, type HttpRequest } from './door-http.ts';
export { EdgeConfig } from './edge.config.ts';
export { EdgeModule, type EdgeOptions } from './edge.module.ts';
export { parseEndpoints, type Endpoints } from './endpoints.ts';
export { Ingress } from './ingress.ts';
export { parseKeyBook, type KeyBook } from './signing-keys.ts';
export { startEdgeApp } from './start-edge-app.ts';
