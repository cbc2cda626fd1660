import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsOptional, Length, Matches, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { TransferParams } from '../transfers/transfer.params.ts';
import { NoControlCharacters, NoPersonalForm, NoPersonalNumber } from '../written-text.ts';

const MOST_CHANGES = 100;
const MOST_ITEMS = 30;
const LONGEST_VALUE = 4000;
const PATH = /^[A-Za-z]\w{0,40}(?:\[\d{1,3}\])?(?:\.[A-Za-z]\w{0,40}(?:\[\d{1,3}\])?){0,6}$/;
const NAME = /^[A-Za-z]\w{0,40}$/;
const PATH_TEXT = saying({ zh: '须为表单中的字段路径，如 application.payee.accountNo', en: 'must be the path of a field of the form, such as application.payee.accountNo' });
const LIST_TEXT = saying({ zh: `须为至多 ${MOST_CHANGES} 项的列表`, en: `must be a list of at most ${MOST_CHANGES}` });
const ITEMS_TEXT = saying({ zh: `须写明 1–${MOST_ITEMS} 处问题`, en: `must name 1 to ${MOST_ITEMS} things that are wrong` });
const PROBLEM_TEXT = { zh: '须写明问题，2–400 字，不得含证件号码等长数字', en: 'must say what is wrong, in 2 to 400 characters, without personal numbers' };

function isFieldValue(value: unknown): boolean {
  return value === null || (typeof value === 'number' && Number.isFinite(value)) || (typeof value === 'string' && value.length <= LONGEST_VALUE);
}

const MOST_FIELDS = 20;

/** The fields of an entry, one level deep. */
function isEntry(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const fields = Object.entries(value);
  return fields.length > 0 && fields.length <= MOST_FIELDS && fields.every(([name, field]) => NAME.test(name) && field !== null && isFieldValue(field));
}

/** One field to be replaced, or one entry of a list that comes or goes: exactly one of `value`, `add` and `remove`. */
export class ChangeBody {
  @ApiProperty({ type: String, description: '字段路径，列表带序号；增减列表项时为列表或其中一项的路径', example: 'application.materials[0].name' })
  @Matches(PATH, PATH_TEXT)
  path!: string;

  @ApiPropertyOptional({ oneOf: [{ type: 'string' }, { type: 'number' }], nullable: true, description: '新值；null 去掉一个选填的字段' })
  @ValidateIf(({ add, remove, value }: ChangeBody) => value !== undefined || (add === undefined && remove === undefined))
  @ValidateBy({ name: 'isFieldValue', validator: { validate: isFieldValue } }, saying({ zh: '须为文字、数字或 null', en: 'must be a text, a number or null' }))
  value?: string | number | null;

  @ApiPropertyOptional({
    type: 'object', additionalProperties: { oneOf: [{ type: 'string' }, { type: 'number' }] }, example: { materialCode: 'ID_SELF', name: '身份证', form: 'paper', originals: 0, copies: 1 },
    description: 'path 是列表：在末尾增加一项，写明它的各个字段（锁定的也要写）',
  })
  @ValidateIf(({ add }: ChangeBody) => add !== undefined)
  @ValidateBy({ name: 'isEntry', validator: { validate: isEntry } }, saying({ zh: `须为 1–${MOST_FIELDS} 个字段，值为文字或数字`, en: `must have 1 to ${MOST_FIELDS} fields, each a text or a number` }))
  add?: Record<string, string | number>;

  @ApiPropertyOptional({ type: Boolean, description: 'path 是列表中的一项：去掉它。序号按更改之前的列表' })
  @IsOptional()
  @IsBoolean(saying({ zh: '须为 true 或 false', en: 'must be true or false' }))
  remove?: boolean;
}

/** Fields to be replaced. */
function Changes(): PropertyDecorator {
  const rules = [
    ApiProperty({ type: [ChangeBody], maxItems: MOST_CHANGES, description: '要更改的字段；从未成功转换的投递可以为空列表（按现在的数据和目录重新转换）' }),
    IsArray(LIST_TEXT), ArrayMaxSize(MOST_CHANGES, LIST_TEXT), ValidateNested({ each: true }), Type(() => ChangeBody),
  ];
  return (target, property) => rules.forEach((rule) => rule(target, property));
}

/** Body of `POST /api/transfers/{transferId}/edit/check`. */
export class CheckBody {
  @Changes()
  changes!: ChangeBody[];
}

/** Body of `POST /api/transfers/{transferId}/edit`. */
export class EditBody extends ReasonedBody {
  @Changes()
  changes!: ChangeBody[];

  @ApiPropertyOptional({ type: Boolean, description: '对方可能已忘记首次投递（超出其识别重复的期限）也照发；须有 approve 权限，并记录在案', default: false })
  @IsOptional()
  @IsBoolean(saying({ zh: '须为 true 或 false', en: 'must be true or false' }))
  override?: boolean;
}

/** Body of `POST /api/transfers/{transferId}/edit/{editId}/approve`. */
export class ApproveEditBody extends ReasonedBody {
  @ApiPropertyOptional({ type: Boolean, description: '更正显示 beyondDedupeWindow 时，批准人核实后须自己带上 true 才发出；记录在案', default: false })
  @IsOptional()
  @IsBoolean(saying({ zh: '须为 true 或 false', en: 'must be true or false' }))
  override?: boolean;
}

/** One thing that is wrong with a work item. */
export class ReturnItemBody {
  @ApiPropertyOptional({ type: String, description: '出错的字段路径；与 materialCode 二选一', example: 'application.applicant.certNo' })
  @IsOptional()
  @Matches(PATH, PATH_TEXT)
  path?: string;

  @ApiPropertyOptional({ type: String, description: '出错的材料编码；与 path 二选一', example: 'ID_SELF' })
  @IsOptional()
  @NoPersonalForm()
  @Matches(/^[A-Z0-9_]{1,40}$/, saying({ zh: '须为材料编码', en: 'must be a material code' }))
  materialCode?: string;

  @ApiProperty({ type: String, description: '存在的问题；会原样告知大厅，不得含个人信息', minLength: 2, maxLength: 400 })
  @NoPersonalNumber(PROBLEM_TEXT)
  @NoControlCharacters()
  @Length(2, 400, saying(PROBLEM_TEXT))
  problem!: string;
}

/** What is wrong with a work item, thing by thing. */
export function ReturnItems(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: [ReturnItemBody], minItems: 1, maxItems: MOST_ITEMS, description: '哪里不对' }),
    IsArray(ITEMS_TEXT), ArrayMinSize(1, ITEMS_TEXT), ArrayMaxSize(MOST_ITEMS, ITEMS_TEXT), ValidateNested({ each: true }), Type(() => ReturnItemBody),
  );
}

/** Body of `POST /api/transfers/{transferId}/return`. */
export class ReturnBody extends ReasonedBody {
  @ReturnItems()
  items!: ReturnItemBody[];
}

/** The path of one edit that waits for a second person. */
export class EditParams extends TransferParams {
  @ApiProperty({ description: '更正编号', example: 'ed_0b6f3d1e-0000-4000-8000-000000000000' })
  @Matches(/^ed_[0-9a-f-]{36}$/, saying({ zh: '须为更正编号', en: 'must be the id of an edit' }))
  editId!: string;
}
