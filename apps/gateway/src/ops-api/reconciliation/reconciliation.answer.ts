import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { wordsOf } from '../words.ts';
import { CAUSES, FIXES } from './guess-cause.ts';
import type { Cause, Fix } from './guess-cause.ts';
import { LIST_KINDS } from './list-kinds.ts';
import type { ListKind } from './list-kinds.ts';
import { STAGES } from './stages.ts';
import type { Stage } from './stages.ts';

/** One stage of one hall. */
export class StageAnswer {
  @ChoiceField('环节', 'Stage', wordsOf(STAGES))
  stage!: Stage;

  @TextField('环节（中文）', { example: '中心已收到' })
  stageZh!: string;

  @NumberField('到达这一环节的办件数（前面各环节也都到达）')
  count!: number;

  @NumberField('到达前一环节、没有到达这一环节的办件数')
  missing!: number;
}

/** One hall of the board. */
export class BoardRowAnswer {
  @TextField('大厅代码；不属于某个大厅的为空', { example: '410204' })
  hallCode!: string;

  @TextField('大厅')
  hallZh!: string;

  @ApiProperty({ type: [StageAnswer] })
  stages!: StageAnswer[];
}

/** A list that a side gave. */
export class IdListAnswer {
  @TextField('哪一方', { example: 'hall:410204' })
  side!: string;

  @TextField('哪一方（中文）')
  sideZh!: string;

  @ChoiceField('清单', 'ListKind', wordsOf(LIST_KINDS))
  kind!: ListKind;

  @TextField('清单（中文）', { example: '已送出的收件' })
  kindZh!: string;

  @NumberField('编号个数')
  ids!: number;

  @TextField('编号排序后每行一个的 SHA-256')
  digest!: string;

  @TextField('谁上传的')
  by!: string;

  @InstantField('上传时间')
  at!: string;
}

/** What came of an upload. */
export class IdListKeptAnswer extends IdListAnswer {
  @ChoiceField('结果', 'IdListOutcome', ['kept'])
  outcome!: 'kept';

  @TextField('结果（中文）', { example: '清单已收下' })
  outcomeZh!: string;
}

/** Who put a day to rest. */
export class SignOffAnswer {
  @TextField('谁签认')
  by!: string;

  @InstantField('签认时间')
  at!: string;

  @TextField('说明')
  note!: string;

  @TextField('所签认的对账板')
  digest!: string;

  @NumberField('签认时没有走完的办件数')
  openDeltas!: number;

  @FlagField('签认以后没有变化')
  unchanged!: boolean;
}

/** The board of a day (对账板). */
export class BoardAnswer {
  @TextField('日期（北京时间）', { example: '2026-11-22' })
  day!: string;

  @FlagField('这一天已经过完，可以签认')
  over!: boolean;

  @InstantField('统计时间')
  asOf!: string;

  @ApiProperty({ type: [BoardRowAnswer] })
  halls!: BoardRowAnswer[];

  @NumberField('没有走完的办件数')
  openDeltas!: number;

  @FlagField('为 true 时当天的办件太多，各数是“至少”')
  capped!: boolean;

  @TextField('各数的 SHA-256；签认时带回')
  digest!: string;

  @ApiProperty({ type: [IdListAnswer], description: '各方上传的清单' })
  lists!: IdListAnswer[];

  @ApiProperty({ type: SignOffAnswer, nullable: true, description: '最近一次签认' })
  signOff!: SignOffAnswer | null;
}

/** What came of a sign-off. */
export class SignedOffAnswer extends SignOffAnswer {
  @ChoiceField('结果', 'SignOffOutcome', ['signed'])
  outcome!: 'signed';

  @TextField('结果（中文）', { example: '已签认' })
  outcomeZh!: string;
}

/** A case that did not come through. */
export class MissingAnswer {
  @TextField('办件编号')
  projectNo!: string;

  @TextField('大厅', { nullable: true })
  hallZh!: string | null;

  @TextField('到达的环节', { nullable: true })
  reachedZh!: string | null;

  @ChoiceField('看来的原因', 'MissingCause', wordsOf(CAUSES))
  cause!: Cause;

  @TextField('看来的原因（中文）')
  causeZh!: string;

  @ChoiceField('办法', 'MissingFix', wordsOf(FIXES))
  fix!: Fix;

  @TextField('办法（中文）')
  fixZh!: string;

  @TextField('卡住的投递；没有时为 null', { nullable: true })
  transferId!: string | null;

  @TextField('错误代码或拒收原因', { nullable: true })
  code!: string | null;

  @InstantField('入账（或到达入口）的时间', { nullable: true })
  at!: string | null;
}

/** One page of cases that did not come through. */
export class MissingPage {
  @ApiProperty({ type: [MissingAnswer] })
  items!: MissingAnswer[];

  @ApiProperty({ type: [String], description: '本页可以重新投递的投递编号，原样交给批量操作的 selection.transferIds' })
  replayIds!: string[];

  @TextField('下一页的游标；没有下一页时为 null', { nullable: true })
  nextCursor!: string | null;
}

/** One page of what two sides do not agree on. */
export class ComparisonPage extends MissingPage {
  @ApiProperty({ type: IdListAnswer })
  list!: IdListAnswer;

  @NumberField('对方有、台账没有的总数')
  missingHere!: number;

  @NumberField('台账有、对方没有的总数')
  missingThere!: number;
}

/** One day of the strip. */
export class StripDayAnswer {
  @TextField('日期（北京时间）')
  day!: string;

  @NumberField('还在等、在途或在重试的办件数')
  waiting!: number;

  @NumberField('有投递失败的办件数')
  failed!: number;

  @NumberField('有投递被放弃的办件数')
  givenUp!: number;

  @NumberField('没有入账的收件数')
  unapplied!: number;

  @FlagField('已签认')
  signedOff!: boolean;
}

/** Thirty days, one after another. */
export class StripAnswer {
  @ApiProperty({ type: [StripDayAnswer], description: '从早到晚' })
  days!: StripDayAnswer[];
}
