import { ERROR_WORDS, EVENT_TYPES } from '#contracts';
import type { Destination, ErrorWord, EventType } from '#contracts';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsInt, IsNumber, IsObject, IsOptional, Matches, Max, Min, ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import type { SendingWindow } from '../../ledger/channel-tables.ts';
import type { OperationKind, Rung } from '../../ledger/operation-tables.ts';
import { ChoiceFilter, DayFilter, saying, TextFilter } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';
import { ReturnItems } from '../revisions/edit.body.ts';
import type { ReturnItemBody } from '../revisions/edit.body.ts';
import { SearchText } from '../search/search.query.ts';
import { HoursField } from '../sending-hours.body.ts';
import { CodeFilter, DestinationFilter, HallFilter, ProjectNoFilter } from '../shared-filters.ts';
import { wordsOf } from '../words.ts';

export const MAX_NAMED = 1_000;
const RATE_TEXT = saying({ zh: '须为 1–500 的整数（每秒条数）', en: 'must be a whole number from 1 to 500 (per second)' });
const IN_FLIGHT_TEXT = saying({ zh: '须为 1–1000 的整数', en: 'must be a whole number from 1 to 1000' });
const LADDER_TEXT = saying({ zh: '须为至多 10 级的阶梯，每级为正整数或百分比（如 "10%"）', en: 'must be a ladder of at most 10 rungs, each a positive whole number or a share such as "10%"' });
const FLAG_TEXT = saying({ zh: '须为 true 或 false', en: 'must be true or false' });
const NAMES_TEXT = saying({ zh: `须为 1–${MAX_NAMED} 个互不相同的投递编号`, en: `must be 1 to ${MAX_NAMED} ids of transfers, each once` });
const ONE_TEXT = saying({ zh: '须给出 transferIds、failureGroup、filter、q 之一，且只给一个', en: 'must hold exactly one of transferIds, failureGroup, filter and q' });

const RETURN_TEXT = saying({ zh: '须写明哪里不对：{"items":[{"path" 或 "materialCode", "problem"}]}', en: 'must say what is wrong: {"items":[{"path" or "materialCode", "problem"}]}' });

const FailureGroupFilter = (): PropertyDecorator =>
  TextFilter('失败分组编号', /^fg_[0-9a-f]{24}$/, { zh: '须为失败分组编号', en: 'must be the id of a failure group' }, 'fg_0123456789abcdef01234567');

/** What a list of failed transfers is narrowed to, as in `GET /api/transfers` and its search text; those given must all hold. */
export class OperationFilterBody {
  @ApiPropertyOptional({ enum: ['failed'], description: '只有失败的投递可以选入' })
  @IsOptional()
  @IsIn(['failed'], saying({ zh: '只能选失败的投递（failed）', en: 'can only be failed' }))
  status?: 'failed';

  @DestinationFilter()
  destination?: Destination;

  @HallFilter()
  hall?: string;

  @CodeFilter('业务办理项编码', '725849853QT50024002')
  item?: string;

  @ChoiceFilter('由哪种事件引起', 'EventType', wordsOf(EVENT_TYPES))
  event?: EventType;

  @FailureGroupFilter()
  failureGroup?: string;

  @CodeFilter('内容种类', 'acceptance')
  kind?: string;

  @ProjectNoFilter()
  projectNo?: string;

  @ChoiceFilter('错误类别', 'ErrorWord', ERROR_WORDS)
  errorWord?: ErrorWord;

  @CodeFilter('错误代码', 'http-503')
  errorCode?: string;

  @DayFilter('生成时间不早于；日期按北京时间整日计')
  from?: string;

  @DayFilter('生成时间早于；写日期时含当日')
  to?: string;
}

/** Which transfers are meant. */
export class OperationSelectionBody {
  @ApiPropertyOptional({ type: [String], description: `投递编号，至多 ${MAX_NAMED} 个`, maxItems: MAX_NAMED })
  @IsOptional()
  @IsArray(NAMES_TEXT) @ArrayMinSize(1, NAMES_TEXT) @ArrayMaxSize(MAX_NAMED, NAMES_TEXT) @ArrayUnique(NAMES_TEXT)
  @Matches(/^[A-Za-z0-9._-]{1,100}$/, { each: true, ...NAMES_TEXT })
  transferIds?: string[];

  @FailureGroupFilter()
  failureGroup?: string;

  @ApiPropertyOptional({ type: OperationFilterBody, description: '筛选条件，同投递列表' })
  @IsOptional()
  @IsObject(saying({ zh: '须为筛选条件', en: 'must be a filter' })) @ValidateNested() @Type(() => OperationFilterBody)
  filter?: OperationFilterBody;

  @SearchText('检索式，同投递列表的 q；只有失败的会选入', '厅:410204 错误:http-503 时间:今天')
  q?: string;
}

/** What halls are asked to correct. */
export class OperationReturnBody {
  @ReturnItems()
  items!: ReturnItemBody[];
}

/** When an operation stops itself. */
export class AbortRulesBody {
  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1, default: 0.1, description: '失败比例超过多少即中止（0–1）' })
  @IsOptional()
  @IsNumber({}, saying({ zh: '须为 0–1 的数', en: 'must be a number from 0 to 1' })) @Min(0, saying({ zh: '须为 0–1 的数', en: 'must be a number from 0 to 1' }))
  @Max(1, saying({ zh: '须为 0–1 的数', en: 'must be a number from 0 to 1' }))
  failureRatio: number = 0.1;

  @ApiPropertyOptional({ type: Boolean, default: true, description: '出现冻结集合中没有的失败特征即中止' })
  @IsOptional()
  @IsBoolean(FLAG_TEXT)
  newSignature: boolean = true;
}

/** Body of `POST /api/operations`. */
export class CreateOperationBody extends ReasonedBody {
  @ApiProperty({ enum: ['replay', 'discard', 'return'], description: '做什么：重新投递、放弃（须有 discard 权限）或退回大厅更正（须有 edit 权限）' })
  @IsIn(['replay', 'discard', 'return'], saying({ zh: '须为 replay、discard 或 return', en: 'must be replay, discard or return' }))
  kind!: OperationKind;

  @ApiProperty({ type: OperationSelectionBody, description: '选哪些投递：四选一' })
  @ValidateBy({ name: 'oneSelection', validator: { validate: (value: unknown) => hasOne(value) } }, ONE_TEXT)
  @ValidateNested() @Type(() => OperationSelectionBody)
  selection!: OperationSelectionBody;

  @ApiPropertyOptional({ type: OperationReturnBody, description: '退回大厅时必填、其他时不写：哪里不对，每条都这样告知其大厅' })
  @ValidateIf(({ kind, return: wish }: CreateOperationBody) => kind === 'return' || wish !== undefined)
  @IsObject(RETURN_TEXT) @ValidateNested() @Type(() => OperationReturnBody)
  return?: OperationReturnBody;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, default: 50, description: '每秒至多投递条数' })
  @IsOptional()
  @IsInt(RATE_TEXT) @Min(1, RATE_TEXT) @Max(500, RATE_TEXT)
  ratePerSecond: number = 50;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 32, description: '同时在途至多条数：重新投递最多在实时业务前面排这么多' })
  @IsOptional()
  @IsInt(IN_FLIGHT_TEXT) @Min(1, IN_FLIGHT_TEXT) @Max(1000, IN_FLIGHT_TEXT)
  maxInFlight: number = 32;

  @ApiPropertyOptional({ type: 'array', items: { oneOf: [{ type: 'integer' }, { type: 'string' }] }, default: [1, 10, '10%'], description: '金丝雀阶梯：先投这么多，全部送达再上一级；[] 为不用' })
  @IsOptional()
  @ValidateBy({ name: 'ladder', validator: { validate: isLadder } }, LADDER_TEXT)
  ladder: Rung[] = [1, 10, '10%'];

  @HoursField('时段（北京时间）：只在其中发出；不写或 null 为不限。登记后不能更改', { optional: true })
  hours?: SendingWindow[] | null;

  @ApiPropertyOptional({ type: AbortRulesBody, description: '自动中止的规则' })
  @IsOptional()
  @ValidateNested() @Type(() => AbortRulesBody)
  abort: AbortRulesBody = new AbortRulesBody();

  @ApiPropertyOptional({ type: Boolean, default: false, description: '超出对方识别重复期限的也投；须有 approve 权限' })
  @IsOptional()
  @IsBoolean(FLAG_TEXT)
  override: boolean = false;
}

/** Body of `POST /api/operations/{operationId}/start`. */
export class StartOperationBody extends ReasonedBody {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: '将要投递的条数（预检的 toSend）；超过 OPERATION_CONFIRM_ABOVE 时必填' })
  @IsOptional()
  @IsInt(saying({ zh: '须为整数', en: 'must be a whole number' })) @Min(0, saying({ zh: '须为非负整数', en: 'must not be negative' }))
  confirmCount?: number;
}

/** Body of `POST /api/operations/{operationId}/rate`. */
export class RateBody extends ReasonedBody {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 500, description: '每秒至多投递条数' })
  @IsOptional()
  @IsInt(RATE_TEXT) @Min(1, RATE_TEXT) @Max(500, RATE_TEXT)
  ratePerSecond?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, description: '同时在途至多条数' })
  @IsOptional()
  @IsInt(IN_FLIGHT_TEXT) @Min(1, IN_FLIGHT_TEXT) @Max(1000, IN_FLIGHT_TEXT)
  maxInFlight?: number;
}

function hasOne(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).filter((part) => part !== undefined && part !== null).length === 1;
}

function isLadder(value: unknown): boolean {
  return Array.isArray(value) && value.length <= 10 && value.every(isRung);
}

function isRung(rung: unknown): boolean {
  if (typeof rung === 'number') return Number.isInteger(rung) && rung >= 1 && rung <= 1_000_000;
  return typeof rung === 'string' && /^(?:[1-9]|[1-9]\d|100)%$/.test(rung);
}
