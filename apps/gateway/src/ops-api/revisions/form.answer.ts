import { ApiProperty } from '@nestjs/swagger';
import { ChoiceField, FlagField, NumberField, TextField } from '../answer-fields.ts';

const ACCESS = ['locked', 'sensitive', 'free'] as const;
const KINDS = ['text', 'number', 'amount', 'date', 'choice', 'list', 'group'] as const;

/** A word of a closed set. */
export class FormChoiceAnswer {
  @TextField('值')
  value!: string;

  @TextField('含义（中文）')
  zh!: string;
}

/** The published check of a number. */
export class FormChecksumAnswer {
  @TextField('由旁边哪个字段的值决定用哪条规则；null 总用 * 这条', { nullable: true, example: 'certType' })
  by!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, description: '值 → 标准号', example: { '01': 'GB 11643' } })
  rules!: Record<string, string>;
}

/** One field as a form shows it. */
export class FormFieldAnswer {
  @TextField('字段路径；列表的每一项写作 []', { example: 'application.materials[].name' })
  path!: string;

  @TextField('中文名称', { example: '材料名称' })
  zh!: string;

  @ChoiceField('种类', 'FormFieldKind', KINDS)
  kind!: (typeof KINDS)[number];

  @ChoiceField('locked 不能更改；sensitive 可以更换、不显示原值；free 可以更改', 'FormFieldAccess', ACCESS)
  access!: (typeof ACCESS)[number];

  @FlagField('关系到款项：更改须由第二人批准')
  money!: boolean;

  @FlagField('必填')
  required!: boolean;

  @NumberField('最多字数', { nullable: true })
  maxLength!: number | null;

  @TextField('格式（正则表达式，带 u 标志）', { nullable: true })
  pattern!: string | null;

  @TextField('格式（中文说明）', { nullable: true })
  hint!: string | null;

  @NumberField('最小值', { nullable: true })
  min!: number | null;

  @NumberField('最大值', { nullable: true })
  max!: number | null;

  @ChoiceField('列表的项：free 可以增减；removable 只能去掉；null 不能增减', 'ListEntries', ['free', 'removable'], { nullable: true })
  entries!: 'free' | 'removable' | null;

  @NumberField('最少项数', { nullable: true })
  minItems!: number | null;

  @NumberField('最多项数', { nullable: true })
  maxItems!: number | null;

  @ApiProperty({ type: [FormChoiceAnswer], nullable: true, description: '可选值' })
  choices!: FormChoiceAnswer[] | null;

  @ApiProperty({ type: FormChecksumAnswer, nullable: true, description: '校验规则' })
  checksum!: FormChecksumAnswer | null;

  @ApiProperty({ type: () => [FormFieldAnswer], description: '组或列表项中的字段' })
  fields!: FormFieldAnswer[];
}

/** One value that is there. */
export class FormValueAnswer {
  @TextField('字段路径，列表带序号', { example: 'application.materials[0].name' })
  path!: string;

  @TextField('中文名称')
  zh!: string;

  @ChoiceField('能否更改', 'FormFieldAccess', ACCESS)
  access!: (typeof ACCESS)[number];

  @ApiProperty({ oneOf: [{ type: 'string' }, { type: 'number' }], nullable: true, description: '现值；sensitive 的已脱敏' })
  value!: string | number | null;
}

/** A form with what is in it. */
export class FormAnswer {
  @TextField('投递编号')
  transferId!: string;

  @TextField('办件编号')
  projectNo!: string;

  @TextField('种类（中文）', { example: '收件' })
  transferKindZh!: string;

  @NumberField('修订号：提交更正时放在 If-Match 中')
  revision!: number;

  @FlagField('从未成功转换：表单中是按现在的数据和目录重新转换的结果')
  translatedAnew!: boolean;

  @TextField('原来不能转换的字段和原因；其他失败为 null', { nullable: true })
  problemZh!: string | null;

  @ApiProperty({ type: [FormFieldAnswer], description: '全部字段' })
  fields!: FormFieldAnswer[];

  @ApiProperty({ type: [FormValueAnswer], description: '现有的值' })
  values!: FormValueAnswer[];
}
