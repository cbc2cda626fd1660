import { CIRCUIT_STATES } from '#contracts';
import type { CircuitState, Destination } from '#contracts';
import { PageQuery } from '../paging/page.query.ts';
import { ChoiceFilter, DayFilter } from '../query-fields.ts';
import { DestinationFilter } from '../shared-filters.ts';

/** Filters of `GET /api/circuits`; those given must all hold. */
export class CircuitQuery extends PageQuery {
  @DestinationFilter()
  destination?: Destination;

  @ChoiceFilter('熔断状态', 'CircuitState', CIRCUIT_STATES)
  state?: CircuitState;
}

/** Filters of `GET /api/circuit-changes`; those given must all hold. */
export class CircuitChangeQuery extends PageQuery {
  @DestinationFilter()
  destination?: Destination;

  @DayFilter('登记时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('登记时间早于；写日期时含当日')
  to?: string;
}
