import { withVhost } from '../../../../test/support/index.ts';
import { conformsAsABus } from './bus-conformance.fixture.ts';
import { rabbitmqBus } from './rabbitmq-bus.fixture.ts';

conformsAsABus('RabbitMQ', rabbitmqBus(withVhost()));
