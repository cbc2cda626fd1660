import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsObject, Max, Min } from 'class-validator';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';

const NUMBER_TEXT = saying({ zh: '须为死信编号', en: 'must be the number of a dead letter' });

/** The path of one dead letter. */
export class DeadLetterParams {
  @ApiProperty({ type: 'integer', description: '死信编号', example: 17 })
  @Type(() => Number)
  @IsInt(NUMBER_TEXT)
  @Min(1, NUMBER_TEXT)
  @Max(Number.MAX_SAFE_INTEGER, NUMBER_TEXT)
  deadLetterId!: number;
}

/** A corrected body. What still stands there masked is left as it was. */
export class RepairBody extends ReasonedBody {
  @ApiProperty({ type: 'object', additionalProperties: true, description: '更正后的报文（JSON）；仍为脱敏样子的值保持原值' })
  @IsObject(saying({ zh: '须为 JSON 对象', en: 'must be a JSON object' }))
  body!: Record<string, unknown>;
}
