import { CASE_STATUSES } from '#contracts';
import type { CaseStatus } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import type { PaperStatus } from '../../ledger/tables.ts';
import { ChoiceField, FlagField, InstantField, TextField } from '../answer-fields.ts';
import { DELIVERY_STATUSES, PAPER_STATUSES, wordsOf } from '../words.ts';
import type { DeliveryStatus } from '../words.ts';

/** One case in a list: its status in three dimensions, and who it is for, masked. */
export class CaseAnswer {
  @TextField('办件编号', { example: 'KF20261122000001' })
  projectNo!: string;

  @TextField('大厅代码', { example: '410204' })
  hallCode!: string;

  @TextField('业务办理项编码', { example: '725849853QT50024002' })
  itemCode!: string;

  @TextField('业务办理项名称', { example: '住房公积金汇缴' })
  itemName!: string;

  @TextField('申请者名称（脱敏）', { example: '测**' })
  applicant!: string;

  @TextField('办件类型（GB/T 39046 A.6）：1 即办件，2 承诺件，9 其他', { example: '2' })
  projectType!: string;

  @ChoiceField('办件状态', 'CaseStatus', wordsOf(CASE_STATUSES))
  status!: CaseStatus;

  @TextField('办件状态（中文）', { example: '待受理' })
  statusZh!: string;

  @ChoiceField('投递状态：取该办件所有投递中最需要关注的一项', 'DeliveryStatus', wordsOf(DELIVERY_STATUSES))
  deliveryStatus!: DeliveryStatus;

  @TextField('投递状态（中文）', { example: '已送达' })
  deliveryStatusZh!: string;

  @ChoiceField('纸质材料状态', 'PaperStatus', wordsOf(PAPER_STATUSES))
  paperStatus!: PaperStatus;

  @TextField('纸质材料状态（中文）', { example: '大厅保管' })
  paperStatusZh!: string;

  @InstantField('纸质材料保管到期时间（收件起一个月）')
  paperDueAt!: string;

  @FlagField('纸质材料超期仍在大厅')
  paperOverdue!: boolean;

  @InstantField('最近一次报告纸质材料与清单不符的时间', { nullable: true })
  paperDiscrepancyAt!: string | null;

  @TextField('办结结果代码', { nullable: true, example: 'APPROVED' })
  resultCode!: string | null;

  @InstantField('承诺办结时间', { nullable: true })
  promiseDueAt!: string | null;

  @InstantField('收件时间（大厅时钟）')
  receivedAt!: string;

  @InstantField('入账时间（本系统时钟）')
  createdAt!: string;

  @InstantField('最近变动时间（本系统时钟）')
  updatedAt!: string;
}

/** One page of cases, newest first. */
export class CasePage {
  @ApiProperty({ type: [CaseAnswer] })
  items!: CaseAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}
