import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { FieldProblemAnswer } from '../problems/problem.answer.ts';

/** Where something was refused: at an adapter's door, or by the ledger's rules afterwards. */
export const REFUSED_BY = { door: '入口', lifecycle: '办件规则' } as const;
export type RefusedBy = keyof typeof REFUSED_BY;

/** One refusal (拒收): who sent what, and why it was not taken. No value of the body is kept or shown. */
export class RefusalAnswer {
  @ChoiceField('在哪里被拒', 'RefusedBy', Object.keys(REFUSED_BY))
  refusedBy!: RefusedBy;

  @TextField('拒收编号', { example: 'event-1042' })
  refusalId!: string;

  @InstantField('登记时间（本系统时钟）')
  recordedAt!: string;

  @InstantField('入口收到时间（适配器时钟）')
  doorAt!: string;

  @TextField('原因代码', { example: 'contract-broken' })
  code!: string;

  @TextField('原因（中文）', { nullable: true })
  reasonZh!: string | null;

  @ApiProperty({ description: '不合要求的字段，只列名称', type: [FieldProblemAnswer] })
  problems!: FieldProblemAnswer[];

  @TextField('经签名证实的发送方；未能证实时为 null', { nullable: true, example: 'hall:410204' })
  sender!: string | null;

  @TextField('发送方（中文）', { nullable: true, example: '鼓楼区政务服务大厅' })
  senderZh!: string | null;

  @TextField('入口程序', { nullable: true, example: 'district-adapter' })
  app!: string | null;

  @TextField('请求路径', { nullable: true, example: '/v1/halls/410204/intake-events' })
  path!: string | null;

  @TextField('签名密钥编号', { nullable: true })
  keyId!: string | null;

  @NumberField('入口应答的 HTTP 状态码', { nullable: true, example: 422 })
  httpStatus!: number | null;

  @TextField('事件标识', { nullable: true })
  eventId!: string | null;

  @TextField('事件类型', { nullable: true, example: 'case.received' })
  eventType!: string | null;

  @TextField('事件类型（中文）', { nullable: true, example: '收件' })
  eventTypeZh!: string | null;

  @TextField('办件编号', { nullable: true })
  projectNo!: string | null;

  @NumberField('请求体字节数', { nullable: true })
  bodyBytes!: number | null;

  @TextField('请求体摘要', { nullable: true })
  bodyDigest!: string | null;
}

/** One page of refusals, last recorded first. */
export class RefusalPage {
  @ApiProperty({ type: [RefusalAnswer] })
  items!: RefusalAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
