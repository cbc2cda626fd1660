import type { ErrorWord } from '../error-words.ts';
import type { Destination } from './transfer-order.ts';

/** What one delivery attempt came to. An adapter reports it; the gateway decides what happens next. */
export interface DeliveryReceipt {
  readonly transferId: string;
  readonly projectNo: string;
  readonly destination: Destination;
  readonly attempt: number;
  /** RFC 3339, taken on the adapter's clock. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly latencyMs: number;
  readonly outcome: 'delivered' | ErrorWord;
  readonly httpStatus: number | null;
  /** Machine word for the cause, such as `http-503`, `timeout-after-send`, `connection-refused`; `null` when delivered. */
  readonly errorCode: string | null;
  /** At most 500 characters, free of personal data; `null` when delivered, unless the endpoint said that it had it already: then it says so. */
  readonly errorDetail: string | null;
  readonly retryAfterMs: number | null;
  /** SHA-256 (hex) of the response body; `null` when there was none. */
  readonly responseDigest: string | null;
}
