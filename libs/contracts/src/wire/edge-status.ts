import type { Party } from '../event-types.ts';
import { checkShape } from '../validation/check-shape.ts';
import { Flag, Instant, Line, Nullable, OneOf, Optional, Part, Parts, Texts, Whole } from '../validation/field-rules.ts';
import { ConnectionCheck } from './connection-check.ts';
import type { FieldProblem } from './door-refusal.ts';
import type { Destination } from './transfer-order.ts';

/**
 * How an adapter stands towards one endpoint. `closed`: it delivers. `open`: the endpoint is down, its queue is not consumed and no attempt
 * is burnt. `half-open`: one real transfer at a time is tried. `slow-start`: it delivers again, a few at once at first.
 */
export const CIRCUIT_STATES = ['closed', 'open', 'half-open', 'slow-start'] as const;
export type CircuitState = (typeof CIRCUIT_STATES)[number];

const EDGE_APPS = ['district-adapter', 'centre-adapter'] as const;
const MANY = 1_000_000_000;

/** The circuit of one destination in one instance of an adapter. */
export class CircuitStatus {
  @Line(40)
  readonly destination!: Destination;

  @OneOf(CIRCUIT_STATES)
  readonly state!: CircuitState;

  /** When it came into this state. */
  @Instant()
  readonly since!: string;

  /** Machine word of the failure that opened it, such as `connection-refused` or `http-503`; `null` while closed. */
  @Nullable() @Line(60)
  readonly reason!: string | null;

  /** Failures of the endpoint itself in a row, without a success between them. */
  @Whole(0, MANY)
  readonly failures!: number;

  /** Attempts that may be under way at once now; 0 while open. */
  @Whole(0, MANY)
  readonly window!: number;

  /** Transfers that this instance keeps in hand until the endpoint answers again. */
  @Whole(0, MANY)
  readonly held!: number;

  /** When the endpoint is asked next; `null` unless open. */
  @Nullable() @Instant()
  readonly nextProbeAt!: string | null;
}

/** Events answered 202 that RabbitMQ has not taken yet. */
export class SpoolFigures {
  @Whole(0, MANY)
  readonly waiting!: number;

  @Nullable() @Instant()
  readonly oldestAt!: string | null;
}

/** Events answered 202 that the gateway has not acknowledged as recorded yet. */
export class JournalFigures {
  @Whole(0, MANY)
  readonly entries!: number;

  @Nullable() @Instant()
  readonly oldestAt!: string | null;
}

/** A key by which a party proves itself at an adapter's door: its name and when it is good, never the key. */
export class SigningKeyStatus {
  @Line(40)
  readonly party!: Party;

  @Line(64)
  readonly keyId!: string;

  @Line(20)
  readonly algorithm!: string;

  /** From when on it is good; `null` for ever before. */
  @Nullable() @Instant()
  readonly notBefore!: string | null;

  /** Until when it is good; `null` without end. */
  @Nullable() @Instant()
  readonly notAfter!: string | null;
}

/** A setting of an adapter that is unsafe: never with its value, a host or a user. */
export class SettingConcernStatus {
  @Line(60)
  readonly setting!: string;

  @OneOf(['warn', 'bad'])
  readonly severity!: 'warn' | 'bad';

  /** What is wrong, for an operator. */
  @Line(300)
  readonly zh!: string;

  /** What to do about it. */
  @Line(300)
  readonly adviceZh!: string;
}

/** What one instance of an adapter says of itself, every few seconds and whenever a circuit changes. */
export class EdgeStatus {
  @OneOf(EDGE_APPS)
  readonly app!: (typeof EDGE_APPS)[number];

  /** Host, process id and a random part: another one after every start. */
  @Line(120)
  readonly instance!: string;

  /** On the adapter's clock. */
  @Instant()
  readonly at!: string;

  @Parts(() => CircuitStatus, 0, 10_000)
  readonly circuits!: readonly CircuitStatus[];

  /** `null` while the adapter's Redis cannot be asked. */
  @Nullable() @Part(() => SpoolFigures)
  readonly spool!: SpoolFigures | null;

  /** `null` while the adapter's Redis cannot be asked. */
  @Nullable() @Part(() => JournalFigures)
  readonly journal!: JournalFigures | null;

  /** Whether Redis writes to disk and throws nothing away; `null` while that is unknown. */
  @Nullable() @Flag()
  readonly redisDurable!: boolean | null;

  /** What is wrong with Redis, for an operator; `null` when nothing is. */
  @Nullable() @Line(500)
  readonly redisProblem!: string | null;

  /** Codes of the halls whose canaries (拨测) this adapter sends; absent where it sends none. */
  @Optional() @Texts(0, 10_000, 'hall-code', /^\d{6}$/, '应为六位大厅代码', 'must be a hall code of six digits')
  readonly canaryHalls?: readonly string[];

  /** The keys of the parties at its door; absent in the report of an older adapter. */
  @Optional() @Parts(() => SigningKeyStatus, 0, 1_000)
  readonly signingKeys?: readonly SigningKeyStatus[];

  /** What it found out last about the way to each of its endpoints; absent in the report of an older adapter. */
  @Optional() @Parts(() => ConnectionCheck, 0, 1_000)
  readonly connections?: readonly ConnectionCheck[];

  /** Its settings that are unsafe; absent in the report of an older adapter. */
  @Optional() @Parts(() => SettingConcernStatus, 0, 100)
  readonly concerns?: readonly SettingConcernStatus[];

  /** Said in the last report, when it was asked to end: its silence from then on is no trouble. */
  @Optional() @Flag()
  readonly stopping?: boolean;
}

/**
 * Every field of a received report that breaks the contract; none: it is an {@link EdgeStatus}. Fields that are not known here are let
 * pass, for an adapter may be newer than the gateway.
 */
export function edgeStatusProblems(body: unknown): FieldProblem[] {
  return checkShape(EdgeStatus, body, '').filter(({ rule }) => rule !== 'unknown-field');
}
