import { ApiProperty } from '@nestjs/swagger';
import { NumberField, TextField } from '../answer-fields.ts';

/** So many were left out for one reason. */
export class LeftOutAnswer {
  @TextField('详因', { example: 'not-a-data-error' })
  note!: string;

  @TextField('详因（中文）')
  noteZh!: string;

  @NumberField('条数')
  count!: number;
}

/** What the preflight found (预检). The first two kinds are going to be sent. */
export class PreflightAnswer {
  @NumberField('已预检条数')
  examined!: number;

  @NumberField('将要处理的条数：可投（可放弃、可退回）加端点不通的')
  toSend!: number;

  @NumberField('可投；放弃时为可放弃，退回大厅时为可退回')
  sendable!: number;

  @NumberField('可投，但端点现在不通')
  endpointDown!: number;

  @NumberField('重复')
  duplicate!: number;

  @NumberField('已过时')
  stale!: number;

  @NumberField('不合现行契约')
  invalid!: number;

  @NumberField('超出对方识别重复的期限')
  beyondWindow!: number;

  @NumberField('在等大厅更正，或有待批准的更正')
  waiting!: number;

  @NumberField('不能退回大厅；为何见 leftOut')
  notReturnable!: number;

  @ApiProperty({ type: [LeftOutAnswer], description: '跳过的各因什么，条数多的在前' })
  leftOut!: LeftOutAnswer[];

  @NumberField('按此速率约需秒数；不含等待，见 estimateZh')
  estimatedSeconds!: number;

  @TextField('约需秒数不含哪些等待')
  estimateZh!: string;
}

/** How far an operation is. */
export class OperationProgressAnswer {
  @NumberField('冻结条数')
  frozen!: number;

  @NumberField('已发出（含已有结果的）')
  sent!: number;

  @NumberField('已送达')
  delivered!: number;

  @NumberField('又失败')
  failed!: number;

  @NumberField('已放弃')
  discarded!: number;

  @NumberField('已退回大厅')
  returned!: number;

  @NumberField('跳过')
  skipped!: number;

  @NumberField('没有一次送达的')
  troubled!: number;

  @NumberField('现在在途')
  underWay!: number;

  @NumberField('尚未处理')
  remaining!: number;
}
