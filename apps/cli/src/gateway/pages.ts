import type { GatewayClient, Query } from './gateway-client.ts';

/** One page of a list of the API. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** Pages of the API hold this much at most. */
const LARGEST_PAGE = 200;

/** Every page of a list from the given one on, one at a time: memory does not grow with the list. */
export async function* eachPage<T>(api: GatewayClient, path: string, query: Query): AsyncGenerator<Page<T>> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await api.get<Page<T>>(path, { limit: LARGEST_PAGE, ...query, ...(cursor === null ? {} : { cursor }) });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
