import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import type { LetterStatus } from '../../ledger/letter-verb-tables.ts';
import { LETTER_STATUSES, wordsOf } from '../words.ts';
import { DeadLetterAnswer } from './dead-letter.answer.ts';

/** Another letter of the same message. */
export class RelatedLetterAnswer {
  @NumberField('死信编号')
  deadLetterId!: number;

  @ChoiceField('状态', 'DeadLetterStatus', wordsOf(LETTER_STATUSES))
  status!: LetterStatus;

  @InstantField('登记时间')
  recordedAt!: string;
}

/** What the ledger holds of the message that a letter was (下落). */
export class LetterFateAnswer {
  @ChoiceField('消息是什么：事件，或某条投递的指令或回执', 'LetterFateKind', ['event', 'transfer'])
  kind!: 'event' | 'transfer';

  @TextField('事件标识，或投递编号')
  reference!: string;

  @TextField('台账中的状态', { example: 'applied' })
  status!: string;

  @TextField('台账中的状态（中文）', { example: '已入账' })
  statusZh!: string;

  @TextField('说明；没有的为 null', { nullable: true })
  detailZh!: string | null;

  @InstantField('何时成为这样；还没有的为 null', { nullable: true })
  at!: string | null;
}

/** One dead letter with what became of its message. */
export class DeadLetterDetailAnswer extends DeadLetterAnswer {
  @TextField('它能回到的队列是做什么的；队列已不存在时为 null，不能重放', { nullable: true })
  queuePurpose!: string | null;

  @ApiProperty({ type: LetterFateAnswer, nullable: true, description: '消息的下落：台账中同一事件或同一投递现在怎样；台账没有的为 null' })
  fate!: LetterFateAnswer | null;

  @ApiProperty({ type: [RelatedLetterAnswer], description: '同一消息的其他死信，最新的在前：重放后又失败的在这里' })
  related!: RelatedLetterAnswer[];
}

/** What a letter says, as far as it may be seen. */
export class DeadLetterBodyAnswer {
  @NumberField('死信编号')
  deadLetterId!: number;

  @NumberField('原文字节数')
  bodyBytes!: number;

  @FlagField('原文是密文')
  sealed!: boolean;

  @TextField('原文（base64）；未加密的原文已脱敏')
  base64!: string;

  @TextField('原文（十六进制）；未加密的原文已脱敏')
  hex!: string;

  @FlagField('base64 和 hex 不是原样：原文未加密，其中个人信息已脱敏')
  bytesMasked!: boolean;

  @FlagField('base64 和 hex 没有列全')
  truncated!: boolean;

  @ApiProperty({ type: 'object', additionalProperties: true, nullable: true, description: '解密后的 JSON，个人信息已脱敏；打不开时为 null' })
  decoded!: unknown;

  @TextField('打不开的原因', { nullable: true, example: 'does-not-open' })
  decodeError!: string | null;

  @TextField('打不开的原因（中文）', { nullable: true })
  decodeErrorZh!: string | null;
}

/** What a verb came to. */
export class DeadLetterActionAnswer {
  @ChoiceField('结果；replaying 表示已登记而 RabbitMQ 尚未确认，系统会继续发；returned 表示送不回去，已回到待处理', 'DeadLetterOutcome', ['replayed', 'repaired', 'replaying', 'discarded', 'returned'])
  outcome!: Exclude<LetterStatus, 'open'> | 'returned';

  @TextField('结果（中文）', { example: '已重放' })
  outcomeZh!: string;

  @NumberField('死信编号')
  deadLetterId!: number;
}
