import { checkShape } from '../validation/check-shape.ts';
import { Flag, Instant, Line, Nullable, OneOf, Whole } from '../validation/field-rules.ts';
import type { FieldProblem } from './door-refusal.ts';
import type { Destination } from './transfer-order.ts';

/** How far one gets on the way to an endpoint, in order. `address`: none is configured. */
export const CONNECTION_STEPS = ['address', 'dns', 'tcp', 'tls', 'http'] as const;
export type ConnectionStep = (typeof CONNECTION_STEPS)[number];

const LONGEST_MS = 600_000;

/** What an adapter found out about the way to an endpoint (连接测试). Nothing of a case is sent for it. */
export class ConnectionCheck {
  @Line(40)
  readonly destination!: Destination;

  /** Which question this answers; `null` for a look that the adapter takes by itself. */
  @Nullable() @Line(60)
  readonly testId!: string | null;

  /** On the adapter's clock. */
  @Instant()
  readonly at!: string;

  @Flag()
  readonly ok!: boolean;

  /** Where it failed, or how far it went. */
  @OneOf(CONNECTION_STEPS)
  readonly step!: ConnectionStep;

  /** Machine word of the failure, as attempts have them; `null` when there was none. */
  @Nullable() @Line(100)
  readonly code!: string | null;

  /** The failure in words; `null` when there was none. */
  @Nullable() @Line(300)
  readonly detailZh!: string | null;

  /** From the first step to the last, in milliseconds. */
  @Whole(0, LONGEST_MS)
  readonly latencyMs!: number;

  /** What the endpoint answered to a signed `HEAD`; `null` when it was not asked, or did not answer. */
  @Nullable() @Whole(100, 999)
  readonly httpStatus!: number | null;

  /** Until when its TLS certificate is good, as it was seen last; `null` without TLS, or when none was seen. */
  @Nullable() @Instant()
  readonly certificateNotAfter!: string | null;
}

/** The gateway asks an adapter to test the way to one of its endpoints. Best effort: one that is lost is asked again by whoever waits for it. */
export class ConnectionTest {
  @Line(60)
  readonly testId!: string;

  @Line(40)
  readonly destination!: Destination;
}

/** Whether a message to an adapter is such a question. */
export function isConnectionTest(body: unknown): body is ConnectionTest {
  return connectionTestProblems(body).length === 0;
}

function connectionTestProblems(body: unknown): FieldProblem[] {
  return checkShape(ConnectionTest, body, '').filter(({ rule }) => rule !== 'unknown-field');
}
