import { ApiProperty } from '@nestjs/swagger';
import { PROBLEMS } from './problem-codes.ts';

/** One broken parameter. */
export class FieldProblemAnswer {
  @ApiProperty({ description: '参数名', example: 'limit' })
  field!: string;

  @ApiProperty({ description: '被违反的规则', example: 'max' })
  rule!: string;

  @ApiProperty({ description: '中文说明' })
  zh!: string;

  @ApiProperty({ description: '英文说明' })
  en!: string;
}

/** Problem details (RFC 9457), in two languages. */
export class ProblemAnswer {
  @ApiProperty({ description: '问题类型（URN）', example: 'urn:jiujin:problem:query-broken' })
  type!: string;

  @ApiProperty({ description: '英文标题' })
  title!: string;

  @ApiProperty({ description: '中文标题' })
  titleZh!: string;

  @ApiProperty({ description: 'HTTP 状态码', example: 422 })
  status!: number;

  @ApiProperty({ description: '英文说明' })
  detail!: string;

  @ApiProperty({ description: '中文说明' })
  detailZh!: string;

  @ApiProperty({ description: '稳定的机器码', enum: Object.keys(PROBLEMS), enumName: 'ProblemCode' })
  code!: string;

  @ApiProperty({ description: '每个不合要求的参数', type: [FieldProblemAnswer] })
  errors!: FieldProblemAnswer[];

  @ApiProperty({ description: '链路标识，向开发人员报告问题时请附上' })
  traceId!: string;
}
