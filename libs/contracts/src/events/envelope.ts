import { Flag, Form, Instant, OneOf, Optional, Whole } from '../validation/field-rules.ts';
import { EVENT_TYPES } from '../event-types.ts';
import type { EventType } from '../event-types.ts';

const EVENT_ID = /^[A-Za-z0-9._:-]{1,64}$/;
const PROJECT_NO = /^[A-Za-z0-9-]{1,50}$/;
const SOURCE = /^\/(?:halls\/\d{6}|centre|bureau|bridge)$/;
/** W3C Trace Context, version 00; ids of zeroes only are not valid. */
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The envelope of every event: CloudEvents 1.0, structured JSON, with the attributes the bridge adds. */
export class CloudEventEnvelope {
  @OneOf(['1.0'])
  readonly specversion!: '1.0';

  /** Unique per source: the idempotency key of the event. */
  @Form('event-id', EVENT_ID, '应为 1 到 64 位字母、数字或 . _ : -', 'must be 1 to 64 letters, digits or . _ : -')
  readonly id!: string;

  /** `/halls/410204`, `/centre`, `/bureau`; the party that the signature proves. */
  @Form('source', SOURCE, '应为 /halls/六位代码、/centre 或 /bureau', 'must be /halls/<six digits>, /centre or /bureau')
  readonly source!: string;

  @OneOf(Object.keys(EVENT_TYPES))
  readonly type!: EventType;

  /** 办件编号; absent only for permission events. */
  @Optional() @Form('project-no', PROJECT_NO, '应为 1 到 50 位字母、数字或连字符', 'must be 1 to 50 letters, digits or hyphens')
  readonly subject?: string;

  /** When it happened, on the sender's clock. */
  @Instant()
  readonly time!: string;

  @Optional() @OneOf(['application/json'])
  readonly datacontenttype?: 'application/json';

  /** Version of this contract. */
  @OneOf(['1.0'])
  readonly schemaversion!: '1.0';

  /** 数据版本号: higher than before for each correction. Absent: 1. */
  @Optional() @Whole(1, 999)
  readonly dataversion?: number;

  /** 办件内序号: number of this event within the case, per sender; a gap shows that something is still on its way. */
  @Optional() @Whole(1, 1_000_000)
  readonly sequence?: number;

  @Optional() @Form('traceparent', TRACEPARENT, '应为 W3C Trace Context 格式', 'must be a W3C Trace Context')
  readonly traceparent?: string;

  /** 拨测: `true` for a canary, whose project number then starts with `CANARY-`. */
  @Optional() @Flag()
  readonly canary?: boolean;
}
