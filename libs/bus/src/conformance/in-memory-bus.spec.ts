import { conformsAsABus } from './bus-conformance.fixture.ts';
import { InMemoryBus } from './in-memory-bus.fixture.ts';

conformsAsABus('the in-memory stand-in', new InMemoryBus());
