import { ApiProperty } from '@nestjs/swagger';
import { CIRCUIT_STATES } from '#contracts';
import type { CircuitState } from '#contracts';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';

/** The circuit of one endpoint in one adapter process (熔断器). */
export class CircuitAnswer {
  @TextField('目的地', { example: 'hall:410204' })
  destination!: string;

  @TextField('目的地（中文）', { example: '鼓楼区政务服务大厅' })
  destinationZh!: string;

  @TextField('程序', { example: 'district-adapter' })
  app!: string;

  @TextField('进程')
  instance!: string;

  @FlagField('该进程是否仍在上报；否则以下为其最后上报的状态')
  living!: boolean;

  @ChoiceField('熔断状态', 'CircuitState', CIRCUIT_STATES)
  state!: CircuitState;

  @TextField('熔断状态（中文）', { example: '断开（停止投递）' })
  stateZh!: string;

  @InstantField('进入该状态的时间（适配器时钟）')
  since!: string;

  @InstantField('离开正常状态的时间；正常时为 null', { nullable: true })
  troubledSince!: string | null;

  @TextField('原因代码', { nullable: true, example: 'http-503' })
  reason!: string | null;

  @NumberField('连续失败次数')
  failures!: number;

  @NumberField('此刻最多同时投递数')
  window!: number;

  @NumberField('留在手里等对方恢复的投递数')
  held!: number;

  @InstantField('下次探测时间', { nullable: true })
  nextProbeAt!: string | null;
}

/** One page of circuits, by destination. */
export class CircuitPage {
  @ApiProperty({ type: [CircuitAnswer] })
  items!: CircuitAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** One change of a circuit's state. */
export class CircuitChangeAnswer {
  @NumberField('变化编号')
  changeId!: number;

  @TextField('目的地', { example: 'hall:410204' })
  destination!: string;

  @TextField('目的地（中文）', { example: '鼓楼区政务服务大厅' })
  destinationZh!: string;

  @TextField('程序', { example: 'district-adapter' })
  app!: string;

  @TextField('进程')
  instance!: string;

  @ChoiceField('原状态', 'CircuitState', CIRCUIT_STATES)
  from!: CircuitState;

  @ChoiceField('新状态', 'CircuitState', CIRCUIT_STATES)
  to!: CircuitState;

  @TextField('新状态（中文）', { example: '断开（停止投递）' })
  toZh!: string;

  @TextField('原因代码', { nullable: true, example: 'http-503' })
  reason!: string | null;

  @InstantField('变化时间（适配器时钟）')
  at!: string;

  @InstantField('登记时间（本系统时钟）')
  recordedAt!: string;
}

/** One page of changes, last recorded first; thirty days are kept. */
export class CircuitChangePage {
  @ApiProperty({ type: [CircuitChangeAnswer] })
  items!: CircuitChangeAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
