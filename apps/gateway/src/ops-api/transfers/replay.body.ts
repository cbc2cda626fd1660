import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { saying } from '../query-fields.ts';
import { ReasonedBody } from '../reasoned.body.ts';

/** Body of `POST /api/transfers/{transferId}/replay`. */
export class ReplayBody extends ReasonedBody {
  @ApiPropertyOptional({ type: Boolean, description: '对方可能已忘记首次投递（超出其识别重复的期限）也照发；须有 approve 权限，并记录在案', default: false })
  @IsOptional()
  @IsBoolean(saying({ zh: '须为 true 或 false', en: 'must be true or false' }))
  override?: boolean;
}
