import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { FieldProblemAnswer } from '../problems/problem.answer.ts';
import { FormValueAnswer } from './form.answer.ts';

const Paths = (description: string): PropertyDecorator => ApiProperty({ type: [String], description });
const VALUE = { oneOf: [{ type: 'string' as const }, { type: 'number' as const }], nullable: true };

/** One changed field, before and after. */
export class FieldDiffAnswer {
  @TextField('字段路径；随整项增加的冠以 +，随整项去掉的冠以 -')
  path!: string;

  @TextField('中文名称')
  zh!: string;

  @FlagField('关系到款项')
  money!: boolean;

  @ApiProperty({ ...VALUE, description: '原值；敏感字段已脱敏' })
  before!: string | number | null;

  @ApiProperty({ ...VALUE, description: '新值；敏感字段已脱敏' })
  after!: string | number | null;
}

/** What changes would come to; nothing was written. */
export class EditCheckAnswer {
  @FlagField('可以提交')
  sound!: boolean;

  @FlagField('须由第二人批准')
  needsApproval!: boolean;

  @ApiProperty({ type: [FieldProblemAnswer], description: '逐个字段的问题' })
  problems!: FieldProblemAnswer[];

  @ApiProperty({ type: [FieldDiffAnswer], description: '改了什么' })
  diff!: FieldDiffAnswer[];

  @ApiProperty({ type: [FormValueAnswer], description: '对方将收到的内容（敏感字段已脱敏）' })
  wouldSend!: FormValueAnswer[];
}

export const EDIT_OUTCOMES = {
  accepted: '已采纳：更正后的报文按原编号发出，是否生效看该修订的结果',
  'awaiting-approval': '关系到款项，等待他人批准；批准前不发出',
  rejected: '已驳回，没有改动',
  superseded: '该投递其间已有变化，这次更正作废，没有改动',
} as const;
export type EditOutcome = keyof typeof EDIT_OUTCOMES;

/** What an edit, or a decision about one, came to. */
export class EditActionAnswer {
  @ChoiceField('结果', 'EditOutcome', Object.keys(EDIT_OUTCOMES))
  outcome!: EditOutcome;

  @TextField('结果（中文）')
  outcomeZh!: string;

  @TextField('投递编号')
  transferId!: string;

  @NumberField('现在的修订号')
  revision!: number;

  @NumberField('发出的尝试序号；没有发出时为 null', { nullable: true })
  attempt!: number | null;

  @TextField('更正编号；不须批准时为 null', { nullable: true })
  editId!: string | null;

  @Paths('更改的字段')
  changedPaths!: string[];

  @Paths('其中关系到款项的')
  moneyPaths!: string[];
}

/** An edit that waits for a second person, without values. */
export class PendingEditAnswer {
  @TextField('更正编号')
  editId!: string;

  @TextField('投递编号')
  transferId!: string;

  @TextField('提出人')
  author!: string;

  @FlagField('是否本人提出：本人可以撤回，不能批准')
  own!: boolean;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @NumberField('所更正的修订号')
  revision!: number;

  @Paths('更改的字段')
  changedPaths!: string[];

  @Paths('其中关系到款项的')
  moneyPaths!: string[];

  @InstantField('提出时间')
  createdAt!: string;

  @FlagField('提出人要求：对方可能已忘记首次投递也照发')
  override!: boolean;

  @FlagField('现在已超出对方识别重复的期限：批准即可能使原件和更正都生效，批准人须先向对方核实，并自己带上 override')
  beyondDedupeWindow!: boolean;

  @NumberField('首次投递距今的秒数；从未发出过的为 null', { nullable: true })
  firstAttemptAgeSeconds!: number | null;
}

/** One page of edits that wait. */
export class PendingEditPage {
  @ApiProperty({ type: [PendingEditAnswer] })
  items!: PendingEditAnswer[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** An edit with its diff. */
export class EditDetailAnswer extends PendingEditAnswer {
  @ChoiceField('状态', 'EditState', ['awaiting-approval', 'applied', 'superseded', 'rejected'])
  state!: string;

  @TextField('批准或驳回的人', { nullable: true })
  decidedBy!: string | null;

  @InstantField('批准或驳回的时间', { nullable: true })
  decidedAt!: string | null;

  @ApiProperty({ type: [FieldDiffAnswer], description: '与提出时报文的差别' })
  diff!: FieldDiffAnswer[];
}

/** One payload that took the place of another. */
export class RevisionAnswer {
  @NumberField('修订号；原件为 1，不列出')
  revision!: number;

  @ChoiceField('由来：edit 人工更正；correction 大厅更正后由桥接重做', 'RevisionCause', ['edit', 'correction'])
  cause!: string;

  @TextField('更正人')
  author!: string;

  @TextField('批准人', { nullable: true })
  approver!: string | null;

  @TextField('理由')
  reason!: string;

  @TextField('工单号', { nullable: true })
  ticket!: string | null;

  @InstantField('时间')
  madeAt!: string;

  @Paths('更改的字段；由大厅更正而来的，列表只写到列表本身')
  changedPaths!: string[];

  @NumberField('此前各次尝试带的是更早的报文')
  attemptsBefore!: number;

  @TextField('更正前报文的 SHA-256', { nullable: true })
  digestBefore!: string | null;

  @TextField('更正后报文的 SHA-256')
  digestAfter!: string;

  @ChoiceField('结果', 'RevisionOutcome', ['waiting', 'sending', 'accepted', 'rejected', 'superseded'])
  outcome!: string;

  @TextField('结果（中文）')
  outcomeZh!: string;
}

/** The revisions of a transfer. */
export class RevisionList {
  @NumberField('现在的修订号')
  revision!: number;

  @ApiProperty({ type: [RevisionAnswer], description: '最新的在前' })
  items!: RevisionAnswer[];
}

/** What taking a return back came to. */
export class TakeBackAnswer {
  @ChoiceField('结果', 'TakeBackOutcome', ['taken-back'])
  outcome!: 'taken-back';

  @TextField('结果（中文）')
  outcomeZh!: string;

  @TextField('投递编号')
  transferId!: string;
}

/** What a return came to. */
export class ReturnAnswer {
  @ChoiceField('结果', 'ReturnOutcome', ['returned'])
  outcome!: 'returned';

  @TextField('结果（中文）')
  outcomeZh!: string;

  @TextField('投递编号')
  transferId!: string;

  @TextField('告知大厅的投递')
  noticeTransferId!: string;

  @NumberField('通知编号：桥接的从 99 往下数，中心的补正轮次从 1 往上数')
  noticeNo!: number;
}
