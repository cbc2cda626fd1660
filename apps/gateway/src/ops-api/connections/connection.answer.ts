import { CONNECTION_STEPS } from '#contracts';
import type { ConnectionStep } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, InstantField, NumberField, TextField } from '../answer-fields.ts';
import { ATTEMPT_OUTCOMES, wordsOf } from '../words.ts';

/** How a test stands. */
export const TEST_STATES = { waiting: '等适配器答复', answered: '已有结果', unanswered: '适配器没有答复：它没有运行，或版本过旧' } as const;
export type TestState = keyof typeof TEST_STATES;

/** What an adapter found out about the way to an endpoint. */
export class ConnectionFindingAnswer {
  @FlagField('通')
  ok!: boolean;

  @ChoiceField('停在哪一步，或走到了哪一步', 'ConnectionStep', CONNECTION_STEPS)
  step!: ConnectionStep;

  @TextField('哪一步（中文）', { example: '建立 TCP 连接' })
  stepZh!: string;

  @TextField('原因代码，与投递的错误代码相同；通的为 null', { nullable: true, example: 'connection-refused' })
  code!: string | null;

  @TextField('原因', { nullable: true })
  detailZh!: string | null;

  @NumberField('用时（毫秒）')
  latencyMs!: number;

  @NumberField('对方对 HEAD 的应答；没有问到为 null', { nullable: true })
  httpStatus!: number | null;

  @InstantField('对方 TLS 证书的到期时间；没有 TLS 或没有看到为 null', { nullable: true })
  certificateNotAfter!: string | null;

  @NumberField('证书还有几天到期', { nullable: true })
  certificateDaysLeft!: number | null;

  @TextField('哪个进程看的')
  instance!: string;

  @InstantField('何时看的（适配器时钟）')
  at!: string;
}

/** A test that somebody asked for. */
export class ConnectionTestAnswer {
  @TextField('测试编号')
  testId!: string;

  @ChoiceField('进展', 'ConnectionTestState', wordsOf(TEST_STATES))
  state!: TestState;

  @TextField('进展（中文）')
  stateZh!: string;

  @TextField('谁要求的')
  by!: string;

  @InstantField('何时要求的')
  askedAt!: string;

  @ApiProperty({ type: ConnectionFindingAnswer, nullable: true, description: '结果' })
  finding!: ConnectionFindingAnswer | null;
}

/** A signing key of the party behind an endpoint. */
export class PartyKeyAnswer {
  @TextField('密钥编号')
  keyId!: string;

  @TextField('算法')
  algorithm!: string;

  @InstantField('失效时间；没有期限为 null', { nullable: true })
  notAfter!: string | null;
}

/** The way to one endpoint. */
export class ConnectionAnswer {
  @TextField('目的地', { example: 'hall:410204' })
  destination!: string;

  @TextField('目的地（中文）')
  destinationZh!: string;

  @ApiProperty({ type: ConnectionFindingAnswer, nullable: true, description: '适配器最近一次自己看的或应要求看的；还没有看过为 null' })
  latest!: ConnectionFindingAnswer | null;

  @ApiProperty({ type: ConnectionTestAnswer, nullable: true, description: '最近一次应要求的测试' })
  lastTest!: ConnectionTestAnswer | null;

  @ApiProperty({ type: [PartyKeyAnswer], description: '这一方送来消息时用的签名密钥（不含密钥本身），按失效时间' })
  signingKeys!: PartyKeyAnswer[];
}

/** The ways to all endpoints. */
export class ConnectionList {
  @ApiProperty({ type: [ConnectionAnswer] })
  items!: ConnectionAnswer[];
}

/** What came of asking for a test. */
export class ConnectionTestAskedAnswer {
  @ChoiceField('结果', 'ConnectionTestOutcome', ['asked'])
  outcome!: 'asked';

  @TextField('结果（中文）', { example: '已请适配器测试，结果几秒后见 lastTest' })
  outcomeZh!: string;

  @TextField('测试编号')
  testId!: string;
}

/** One answer of a receiver. */
export class ChannelResponseAnswer {
  @TextField('投递编号')
  transferId!: string;

  @TextField('办件编号')
  projectNo!: string;

  @NumberField('第几次尝试')
  attempt!: number;

  @InstantField('结束时间（适配器时钟）')
  at!: string;

  @NumberField('用时（毫秒）')
  latencyMs!: number;

  @ChoiceField('结果', 'AttemptOutcome', wordsOf(ATTEMPT_OUTCOMES))
  outcome!: string;

  @TextField('结果（中文）')
  outcomeZh!: string;

  @NumberField('HTTP 状态码', { nullable: true })
  httpStatus!: number | null;

  @TextField('错误代码', { nullable: true })
  errorCode!: string | null;
}

/** The newest answers in a channel. */
export class ChannelResponsesAnswer {
  @ApiProperty({ type: [ChannelResponseAnswer], description: '最近 20 次应答，最新的在前' })
  items!: ChannelResponseAnswer[];

  @NumberField('最近一小时的应答次数（至多数最新的 20000 次尝试）')
  answers!: number;

  @NumberField('其中没有送达的')
  failures!: number;

  @NumberField('一半的应答不超过这么多毫秒', { nullable: true })
  p50!: number | null;

  @NumberField('百分之九十五的应答不超过这么多毫秒', { nullable: true })
  p95!: number | null;
}
