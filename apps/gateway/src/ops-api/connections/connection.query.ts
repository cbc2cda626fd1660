import type { Destination } from '#contracts';
import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';
import { saying } from '../query-fields.ts';

/** The path of one endpoint. */
export class ConnectionParams {
  @ApiProperty({ description: '目的地：centre 或 hall:大厅代码', example: 'hall:410204' })
  @Matches(/^(?:centre|hall:\d{6})$/, saying({ zh: '须为 centre 或 hall:大厅代码', en: 'must be centre or hall:<hall code>' }))
  destination!: Destination;
}
